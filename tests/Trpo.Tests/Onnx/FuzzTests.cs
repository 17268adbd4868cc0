using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Damaged policies and model files by the thousand, in processes of their own whose thread pool is taken: each is refused in time with an <see cref="InvalidDataException"/>, or works.</summary>
public sealed partial class FuzzTests
{
    private const int MostMebibytes = 300;

    // Of processor time: the machine may be busy with other things.
    private const int MostMilliseconds = 2_000;

    // Memory that is allocated but not used is not resident: this limit ends the process if an array of gigabytes is allocated.
    private static readonly Dictionary<string, string> Limits = new() { ["DOTNET_GCHeapHardLimit"] = "0x20000000", ["DOTNET_PROCESSOR_COUNT"] = "2" };

    private readonly MLContext _ml = new(seed: 1);
    private DirectoryInfo _folder = null!;

    [OneTimeSetUp]
    public void WriteFiles()
    {
        _folder = Directory.CreateTempSubdirectory("trpo-tests-");
        File.WriteAllBytes(PathOf("choices.onnx"), Support.Policies.Onnx(Support.Policies.Choices));
        File.WriteAllBytes(PathOf("vectors.onnx"), Support.Policies.Onnx(Support.Policies.Vectors));
        File.WriteAllBytes(PathOf("controls.onnx"), LiteralPolicies.Of(LiteralPolicies.Controls).Onnx);
        var view = Support.Policies.View(_ml, Support.Policies.Observations(40));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var chain = _ml.Transforms.NormalizeMeanVariance("Observation").Append(_ml.Transforms.ReplaceMissingValues("Observation")).Fit(view).Append(policy);
        PolicyModel.ExportToOnnx(chain, PathOf("chain.onnx"));
        PolicyModel.Save(_ml, chain.Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(chain.Transform(view))), view.Schema, PathOf("model.zip"));
    }

    [OneTimeTearDown]
    public void DeleteFiles() => _folder.Delete(recursive: true);

    [TestCase("bytes", "choices.onnx", 2_000)]
    [TestCase("graph", "choices.onnx", 600)]
    [TestCase("graph", "vectors.onnx", 600)]
    [TestCase("graph", "controls.onnx", 600)]
    [TestCase("graph", "chain.onnx", 400)]
    [TestCase("greedy", "choices.onnx", 400)]
    [TestCase("zip", "model.zip", 800)]
    [TestCase("entries", "model.zip", 400)]
    public void Damaged_files_are_refused_or_work(string kind, string file, int count)
    {
        var (exitCode, output, error) = Child.Run("Trpo.Fuzz", TimeSpan.FromMinutes(1), Limits, kind, PathOf(file), "1", count.ToString(CultureInfo.InvariantCulture));
        Assert.That(exitCode, Is.Zero, () => $"{output}\n{error[^Math.Min(error.Length, 3_000)..]}");
        TestContext.Out.WriteLine(output);

        var summary = Summary().Match(output);
        int Number(string group) => int.Parse(summary.Groups[group].Value, CultureInfo.InvariantCulture);
        Assert.That(Number("cases"), Is.EqualTo(count));
        Assert.That(Number("memory"), Is.LessThan(MostMebibytes));
        Assert.That(Number("processor"), Is.LessThan(MostMilliseconds));

        // The digest detects damaged bytes; a graph that was damaged and sealed again may still be a policy.
        Assert.That(Number("accepted"), kind == "bytes" ? Is.Zero : Is.InRange(1, count / 2));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    [GeneratedRegex(@"(?<cases>\d+) cases, (?<accepted>\d+) accepted, longest \d+ ms \(case \d+\), most processor time (?<processor>\d+) ms, (?<memory>\d+) MiB more")]
    private static partial Regex Summary();
}
