using System.Globalization;
using Trpo.Results.Studies;
using Trpo.Results.Training;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Short trainings of each study, compared with those of an update with the sign of the advantages flipped.</summary>
public sealed class LearningTests
{
    private const int Episodes = 30;

    [TestCase("cartpole", 30_000, 475)]
    [TestCase("acrobot", 30_000, -100)]
    [TestCase("mountain-car", 60_000, -130)]
    [TestCase("mountain-car-continuous", 30_000, 90)]
    [TestCase("pendulum", 30_000, -250)]
    public void Each_study_learns_and_a_broken_update_does_not(string name, int steps, double bound)
    {
        var study = Catalog.All.Single(candidate => candidate.Name == name);
        study = study with { Options = study.Options with { TotalSteps = steps } };
        var broken = study with
        {
            // The health monitor would stop this training, which diverges.
            Options = study.Options with { Optimizer = new ContraryOptimizer(study.Options.TrustRegion), Health = new() { EntropyCollapse = 0, MaxRejectedUpdates = null } },
            Described = new Dictionary<string, string> { ["Optimizer"] = "contrary" },
        };

        double[] learned = [Train(study, seed: 1), Train(study, seed: 2)];
        var untrained = Train(study with { Options = study.Options with { TotalSteps = 8 } }, seed: 1);
        var unlearned = Train(broken, seed: 1);
        TestContext.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {learned[0]:F1} and {learned[1]:F1}; broken {unlearned:F1}; untrained {untrained:F1}"));

        Assert.Multiple(() =>
        {
            Assert.That(learned, Is.All.GreaterThan(bound));
            Assert.That(untrained, Is.LessThan(bound), "an untrained policy does not reach the bound");
            Assert.That(unlearned, Is.LessThan(bound), "a broken update does not reach the bound");
        });
    }

    private static double Train(Study study, int seed) =>
        SeedRun.Execute(study, seed, new Conditions(Episodes, SideBySide: 1), new Listener(), CancellationToken.None).Mean;
}
