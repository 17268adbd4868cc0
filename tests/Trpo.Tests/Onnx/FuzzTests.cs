using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Trpo.Estimators.Networks;
using Trpo.Onnx;
using Trpo.Tests.Logs.Candidates;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Damaged policies and model files by the thousand, in processes of their own whose thread pool is taken: each is refused in time with an <see cref="InvalidDataException"/>, or works.</summary>
[Parallelizable]
public sealed partial class FuzzTests
{
    private const int MostMebibytes = 300;

    // Of processor time, since the machine may be busy with other things; the clock on the wall has a margin for those.
    private const int MostMilliseconds = 2_000;
    private const int MostMillisecondsOnTheWall = 10_000;

    // Memory that is allocated but not used is not resident: this limit ends the process if an array of gigabytes is allocated.
    private static readonly Dictionary<string, string> Limits = new() { ["DOTNET_GCHeapHardLimit"] = "0x20000000", ["DOTNET_PROCESSOR_COUNT"] = "2" };

    // The suite runs one seed; the variable runs more (CONTRIBUTING.md).
    private static readonly int Seeds = int.Parse(Environment.GetEnvironmentVariable("TRPO_FUZZ_SEEDS") ?? "1", CultureInfo.InvariantCulture);

    private readonly MLContext _ml = new(seed: 1);
    private DirectoryInfo _folder = null!;

    [OneTimeSetUp]
    public void WriteFiles()
    {
        _folder = Directory.CreateTempSubdirectory("trpo-tests-");
        File.WriteAllBytes(PathOf("choices.onnx"), Support.Policies.Onnx(Support.Policies.Choices));
        File.WriteAllBytes(PathOf("vectors.onnx"), Support.Policies.Onnx(Support.Policies.Vectors));
        File.WriteAllBytes(PathOf("controls.onnx"), LiteralPolicies.Of(LiteralPolicies.Controls).Onnx);
        File.WriteAllBytes(PathOf("candidates.onnx"), CandidateGraph.Onnx(context: 2, candidates: 3, features: 2, [4], Activation.Tanh));
        var view = Support.Policies.View(_ml, Support.Policies.Observations(40));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var chain = _ml.Transforms.NormalizeMeanVariance("Observation").Append(_ml.Transforms.ReplaceMissingValues("Observation")).Fit(view).Append(policy);
        PolicyModel.ExportToOnnx(chain, PathOf("chain.onnx"));
        PolicyModel.Save(_ml, chain.Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(chain.Transform(view))), view.Schema, PathOf("model.zip"));
    }

    [OneTimeTearDown]
    public void DeleteFiles() => _folder.Delete(recursive: true);

    [TestCase("bytes", "choices.onnx", 800)]
    [TestCase("graph", "choices.onnx", 250)]
    [TestCase("graph", "vectors.onnx", 250)]
    [TestCase("graph", "controls.onnx", 250)]
    [TestCase("graph", "candidates.onnx", 300)]
    [TestCase("graph", "chain.onnx", 300)]
    [TestCase("greedy", "choices.onnx", 150)]
    [TestCase("beside", "choices.onnx", 20)]
    [TestCase("zip", "model.zip", 500)]
    [TestCase("entries", "model.zip", 200)]
    public void Damaged_files_are_refused_or_work(string kind, string file, int count)
    {
        for (var seed = 1; seed <= Seeds; seed++)
            Run(kind, file, seed, count);
    }

    private void Run(string kind, string file, int seed, int count)
    {
        var (exitCode, output, error) = Child.Run("Trpo.Fuzz", TimeSpan.FromMinutes(2), Limits, kind, PathOf(file), $"{seed}", count.ToString(CultureInfo.InvariantCulture));
        Assert.That(exitCode, Is.Zero, () => $"seed {seed}, exit code {exitCode}: {output}\n{error[^Math.Min(error.Length, 3_000)..]}");
        TestContext.Progress.WriteLine($"seed {seed}: {output}");

        var summary = Summary().Match(output);
        int Number(string group) => int.Parse(summary.Groups[group].Value, CultureInfo.InvariantCulture);
        Assert.That(Number("cases"), Is.EqualTo(count));
        Assert.That(Number("memory"), Is.LessThan(MostMebibytes));
        Assert.That(Number("wall"), Is.LessThan(MostMillisecondsOnTheWall));
        Assert.That(Number("pool"), Is.EqualTo(2), "a file is refused in time where the pool has two threads, both taken");
        Assert.That(Number("neighbours"), Is.LessThan(MostMilliseconds), "a hostile file delays no other load");
        if (kind != "beside")
            Assert.That(Number("processor"), Is.LessThan(MostMilliseconds));
        Assert.That(Exceptions().Match(output).Groups["types"].Value, Does.Match(kind is "zip" or "entries" ? "InvalidDataException [0-9]+" : "^InvalidDataException [0-9]+$"));

        // The digest detects damaged bytes; a graph that was damaged and sealed again may still be a policy.
        Assert.That(Number("accepted"), kind == "bytes" ? Is.Zero : Is.InRange(1, count / 2));
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, name);

    [GeneratedRegex(@"(?<cases>\d+) cases, (?<accepted>\d+) accepted, longest (?<wall>\d+) ms \(case \d+\), most processor time (?<processor>\d+) ms, (?<memory>\d+) MiB more than before, neighbours (?<neighbours>\d+) ms, pool of (?<pool>\d+) threads")]
    private static partial Regex Summary();

    [GeneratedRegex(@"^exceptions: (?<types>.*)$", RegexOptions.Multiline)]
    private static partial Regex Exceptions();
}
