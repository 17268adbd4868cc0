using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
using Trpo.Runtime.Graph;
using Trpo.Tests.Support;

namespace Trpo.Tests;

/// <summary>The README's example, compiled and run.</summary>
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
    public void The_example_learns_and_writes_both_files()
    {
        // README
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole());

        var pipeline = ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false)
            .Append(ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = 50_000 }));

        var model = pipeline.Fit(cartPole);                                     // trains in the simulator
        var result = ml.ReinforcementLearning.Evaluate(model, cartPole);
        Console.WriteLine(result);                                              // 500.0 ± 0.0 over 100 episodes (mean 500.0 to 500.0 at 95%)
        ml.Model.Save(model, cartPole.Schema, "cartpole.zip");                  // loads in a fresh process
        ml.ReinforcementLearning.ExportToOnnx(model, "cartpole.onnx");          // normaliser + policy, one graph
        // end of README

        Assert.That(result.MeanReturn, Is.GreaterThanOrEqualTo(475));
        Assert.That(ml.Model.Load("cartpole.zip", out _), Is.InstanceOf<ITransformer>());
        using var session = PolicySession.Open("cartpole.onnx");
        Assert.That(session.Metadata.Provenance["environment"], Is.EqualTo("CartPole"));
        Assert.That(session.Metadata.InputColumns, Is.EqualTo(new[] { new PolicyInputColumn("Observation", PolicyInputType.Single, Length: 4) }));
    }

    [Test]
    public void The_readme_quotes_the_example()
    {
        var source = File.ReadAllLines(Path.Combine(Repository.Root, "tests", "Trpo.Tests", "ReadmeTests.cs"));
        var example = source.SkipWhile(line => line.Trim() != Begin).Skip(1).TakeWhile(line => line.Trim() != End).Select(line => line.Length == 0 ? line : line[8..]);
        var readme = File.ReadAllText(Path.Combine(Repository.Root, "README.md"));

        Assert.That(readme, Does.Contain(string.Join('\n', example)));
    }

    [Test]
    public void The_environment_of_the_documentation_is_quoted_and_can_be_learned()
    {
        var source = File.ReadAllText(Path.Combine(Repository.Root, "tests", "Trpo.Tests", "Support", "Thermostat.cs"));
        var documentation = File.ReadAllText(Path.Combine(Repository.Root, "docs", "environments.md"));
        Assert.That(documentation, Does.Contain(source.Replace("namespace Trpo.Tests.Support;\n\n", "", StringComparison.Ordinal)));

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
