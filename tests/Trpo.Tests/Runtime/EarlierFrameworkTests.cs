using System.Diagnostics;
using System.Globalization;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Runtime;

/// <summary>The libraries of .NET 8 as an application of .NET 8 loads them: on the present runtime, and on .NET 8 where it is installed.</summary>
public sealed class EarlierFrameworkTests
{
    [Test]
    public void The_libraries_of_net_8_compute_what_those_of_the_present_framework_do()
    {
        using var folder = new TemporaryFolder();
        var managed = Support.Policies.Onnx(Support.Policies.Vectors);
        var other = LiteralPolicies.Elementwise("Softsign");
        string[] files = [Path.Combine(folder.FullName, "managed.onnx"), Path.Combine(folder.FullName, "other.onnx")];
        File.WriteAllBytes(files[0], managed);
        File.WriteAllBytes(files[1], other);
        string[] expected = [$"Managed {Score(managed)}", $"Policy {Score(managed)}", $"OnnxRuntime {Score(other)}"];

        var present = Environment.Version.Major.ToString(CultureInfo.InvariantCulture);
        AssertRuns(present, rollForward: "LatestMajor", files, expected);
        if (HasNet8())
            AssertRuns("8", rollForward: "Minor", files, expected);
        else
            TestContext.Out.WriteLine("There is no runtime of .NET 8 here: its libraries ran on the present one alone.");
    }

    private static void AssertRuns(string runtime, string rollForward, string[] files, string[] expected)
    {
        var (exitCode, output, error) = Child.Run("Trpo.Net8", new Dictionary<string, string> { ["DOTNET_ROLL_FORWARD"] = rollForward }, files);

        Assert.That(exitCode, Is.Zero, error);
        Assert.That(output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()),
            Is.EqualTo(expected.Prepend($".NETCoreApp,Version=v8.0 .NETCoreApp,Version=v8.0 on {runtime}")));
    }

    private static bool HasNet8()
    {
        using var process = Process.Start(new ProcessStartInfo("dotnet", "--list-runtimes") { RedirectStandardOutput = true })!;
        var runtimes = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return runtimes.Contains("Microsoft.NETCore.App 8.", StringComparison.Ordinal);
    }

    private static string Score(byte[] onnx)
    {
        using var session = PolicySession.Open(onnx);
        using var batch = session.CreateBatch(1);
        for (var i = 0; i < batch.Observation(0).Length; i++)
            batch.Observation(0)[i] = 0.01f * (i + 1);
        batch.Run(1);
        return string.Join(' ', batch.Score(0).ToArray().Select(value => value.ToString("R", CultureInfo.InvariantCulture)));
    }
}
