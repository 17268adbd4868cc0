using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Onnx;
using Trpo.Runtime.Graph;
using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The README's program, compiled and run; build/check-packages.sh runs it in a project that installs the package.</summary>
public sealed class ReadmeTests
{
    private const string Begin = "// README";
    private const string End = "// end of README";

    private string _directory = null!;
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void ChangeToAnEmptyFolder()
    {
        _directory = Environment.CurrentDirectory;
        _folder = Directory.CreateTempSubdirectory("trpo-readme-");
        Environment.CurrentDirectory = _folder.FullName;
    }

    [TearDown]
    public void RestoreTheFolder()
    {
        Environment.CurrentDirectory = _directory;
        _folder.Delete(recursive: true);
    }

    [Test]
    public void The_program_learns_to_come_to_rest_at_the_pier_and_writes_the_policy()
    {
        // README
        var ml = new MLContext(seed: 1);
        var ferry = ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new Ferry(), 100));
        var policy = ml.ReinforcementLearning.Trainers.Trpo(ferry, new() { TotalSteps = 50_000 }).Fit(ferry);
        Console.WriteLine(ml.ReinforcementLearning.Evaluate(policy, ferry));    // -96.0, which no course beats
        ml.ReinforcementLearning.ExportToOnnx(policy, "ferry.onnx");
        // end of README

        // The best is -96.0; without a policy, drifting at 10, it is -1,000.
        Assert.That(ml.ReinforcementLearning.Evaluate(policy, ferry).MeanReturn, Is.GreaterThan(-100));
        using var session = PolicySession.Open("ferry.onnx");
        Assert.That(session.Metadata.Provenance["environment"], Is.EqualTo("Ferry"));
        Assert.That(session.Metadata.InputColumns, Is.EqualTo(new[] { new PolicyInputColumn("Observation", PolicyInputType.Single, Length: 2) }));
    }

    [Test]
    public void The_readme_quotes_the_program()
    {
        var source = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Trpo.Tests", "ReadmeTests.cs"));
        var statements = source.SkipWhile(line => line.Trim() != Begin).Skip(1).TakeWhile(line => line.Trim() != End).Select(line => line.Length == 0 ? line : line[8..]);
        var ferry = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Trpo.Tests", "Support", "Ferry.cs"));
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        Assert.That(readme, Does.Contain($"{string.Join('\n', statements)}\n\n{ferry[ferry.IndexOf("public sealed class", StringComparison.Ordinal)..]}```"));
    }

    [Test]
    public void The_environment_of_the_documentation_is_quoted_and_can_be_learned()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Trpo.Tests", "Support", "Thermostat.cs"));
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "environments.md"));
        Assert.That(documentation, Does.Contain(source[source.IndexOf("public sealed class", StringComparison.Ordinal)..]));

        var ml = new MLContext(seed: 1);
        var thermostat = ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new Thermostat(), 200), count: 8);

        // Seeds that settled at a wrong temperature where the mean was not subtracted.
        foreach (var seed in new[] { 5, 7 })
        {
            var model = ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false)
                .Append(ml.ReinforcementLearning.Trainers.Trpo(thermostat, new() { TotalSteps = 30_000, Seed = seed }))
                .Fit(thermostat);

            // Heating up costs some 50; after that, the smallest mean distance that can be reached is a third of a degree.
            Assert.That(ml.ReinforcementLearning.Evaluate(model, thermostat, episodes: 20).MeanReturn, Is.GreaterThan(-130), $"seed {seed}");
        }
    }

    [Test]
    public void The_readme_begins_with_the_two_commands()
    {
        var commands = File.ReadAllLines(Path.Combine(Repository.Root, "README.md")).Where(line => line.StartsWith("dotnet ", StringComparison.Ordinal)).Take(2);

        Assert.That(commands, Is.EqualTo(new[] { "dotnet run -c Release --project examples/CartPole", "dotnet test -c Release" }));
        Assert.That(File.ReadAllText(Path.Combine(Repository.Root, ".ci", "run")), Does.Contain("dotnet test -c Release"));
    }
}
