using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Reports.Comparisons;
using Trpo.Reports.Descriptions;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

/// <summary>Tests of comparisons of runs.</summary>
public sealed class ComparisonTests
{
    private TemporaryFolder _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Runs_are_grouped_by_their_settings_and_scored_over_their_seeds()
    {
        string[] folders = [.. Enumerable.Range(1, 5).SelectMany(seed => new[] { Record($"small-{seed}", seed, 0.01, 100 + seed), Record($"large-{seed}", seed, 0.05, 200 + (10 * seed)) })];
        var comparison = RunComparison.Load(folders);

        Assert.That(comparison.Measure, Is.EqualTo("mean return of 100 evaluation episodes"));
        Assert.That(comparison.Groups.Select(group => group.Name), Is.EqualTo(new[] { "trustRegion.maxKl = 0.05", "trustRegion.maxKl = 0.01" }), "the best first");
        Assert.That(comparison.Groups[0].RunScores, Is.EqualTo(new double[] { 210, 220, 230, 240, 250 }), "in the order of the seeds");
        Assert.That(comparison.Groups[1].Scores!.InterquartileMean, Is.EqualTo(103));
        Assert.That(comparison.Groups[0].Scores!.ProbabilityOfImprovement(comparison.Groups[1].Scores!), Is.EqualTo(1));
        Assert.That(comparison.Random!.MeanReturn, Is.EqualTo(20));
    }

    [Test]
    public void The_page_has_scores_intervals_improvement_and_the_settings_that_differ()
    {
        string[] folders = [.. Enumerable.Range(1, 3).SelectMany(seed => new[] { Record($"small-{seed}", seed, 0.01, 100 + seed), Record($"large-{seed}", seed, 0.05, 300) })];
        var path = _folder.PathOf("comparison.html");
        ComparisonReport.Save(RunComparison.Load(folders), path);
        var page = File.ReadAllText(path);

        Assert.That(page, Does.Contain("<th scope=\"row\">A: trustRegion.maxKl = 0.05</th><td>3</td><td>300.0</td><td>300.0 to 300.0</td><td>300.0</td>"));
        Assert.That(page, Does.Contain("<th scope=\"row\">B: trustRegion.maxKl = 0.01</th><td>3</td><td>102.0</td><td>101.0 to 103.0</td>"), "three seeds are drawn alike often enough");
        Assert.That(page, Does.Contain("<th scope=\"row\">A</th><td></td><td>100 % (100 % to 100 %)</td>").And.Contains("<th scope=\"row\">B</th><td>0 % (0 % to 0 %)</td>"));
        Assert.That(page, Does.Contain("<th scope=\"col\">trustRegion.maxKl</th>").And.Contains("<li class=\"blue\">A: trustRegion.maxKl = 0.05</li>").And.Contains("<li class=\"red\">random policy</li>"));
        Assert.That(page, Does.Contain("All runs finished").And.Contains(_folder.PathOf("small-2")));
    }

    [Test]
    public void Runs_without_evaluations_are_scored_by_their_training_returns()
    {
        var comparison = RunComparison.Load([Record("a", 1, 0.01, evaluated: null), Record("b", 2, 0.01, 150)]);

        Assert.That(comparison.Measure, Is.EqualTo("mean return of the last 100 training episodes"));
        Assert.That(comparison.Groups.Single().RunScores, Is.EqualTo(new double[] { 200, 200 }));
        Assert.That(comparison.Groups.Single().Name, Is.EqualTo("all runs"));
        Assert.That(comparison.Random, Is.Null);
    }

    [Test]
    public void The_return_at_a_number_of_steps_is_that_of_the_first_iteration_that_made_them()
    {
        var run = RecordedRun.Load(Record("a", 1, 0.01, 100));

        Assert.That(run.ReturnAt(1), Is.EqualTo(20), "of the first of 20 iterations of 500 steps");
        Assert.That(run.ReturnAt(1_001), Is.EqualTo(60));
        Assert.That(run.ReturnAt(1_000_000), Is.EqualTo(200));
        Assert.That((run.Steps, run.TotalSteps), Is.EqualTo((10_000, 10_000)));
    }

    [Test]
    public void Runs_in_different_environments_are_refused_by_name()
    {
        var (cart, other) = (Record("cart", 1, 0.01, 100), Record("other", 1, 0.01, 100, "Pendulum"));

        Assert.That(() => RunComparison.Load([cart, other]), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"{cart} was trained in CartPole, and {other} in Pendulum"));
    }

    [Test]
    public void Runs_with_different_limits_of_episodes_are_refused_by_name()
    {
        var (one, other) = (Record("one", 1, 0.01, 100, limit: "500 steps"), Record("other", 2, 0.01, 100, limit: "200 steps"));

        Assert.That(() => RunComparison.Load([one, other]), Throws.TypeOf<InvalidDataException>().With.Message.Contains("end after 500 steps, those of").And.Message.Contains("after 200 steps"));
    }

    [Test]
    public void A_training_does_not_count_twice()
    {
        var (one, copy) = (Record("one", 7, 0.01, 100), Record("copy", 7, 0.01, 100));

        Assert.That(() => RunComparison.Load([one, copy]), Throws.TypeOf<InvalidDataException>().With.Message.Contains($"{one} and {copy} have the same settings and the same seed (7)"));
        Assert.That(() => RunComparison.Load([]), Throws.ArgumentException);
        Assert.That(() => RunComparison.Load([_folder.PathOf("nothing")]), Throws.InstanceOf<IOException>().With.Message.Contains("nothing"));
    }

    private string Record(string name, int seed, double maxKl, double? evaluated, string environment = "CartPole", string? limit = null)
    {
        var folder = _folder.PathOf(name);
        var description = RunDescription.Create(environment, 8, new TrpoOptions { Seed = seed, Threads = seed, TrustRegion = new() { MaxKl = maxKl } });
        if (limit is not null)
            description = description with { Details = new Dictionary<string, string> { ["Longest episode"] = limit } };
        using (var recorder = new RunRecorder(folder, description))
        {
            foreach (var iteration in Iterations.HealthyRun(20))
                recorder.Report(iteration);
        }

        if (evaluated is { } mean)
            (RunDescription.Load(folder) with { Evaluations = [new(RunEvaluation.Trained, 0, 100, mean, mean - 1, mean + 1, 5), new(RunEvaluation.Random, 0, 100, 20, 18, 22, 5)] }).Save(folder);
        return folder;
    }
}
