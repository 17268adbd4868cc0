using Trpo.Estimators;
using Trpo.Reports;
using Trpo.Reports.Descriptions;
using Trpo.Reports.Verdicts;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

/// <summary>Tests of evaluations in the description and the report of a run, and of its health.</summary>
public sealed class RunEvaluationTests
{
    private static readonly RunEvaluation[] Evaluations =
    [
        new(RunEvaluation.Trained, Seed: 0, Episodes: 100, MeanReturn: 480.5, MeanReturnLow: 470, MeanReturnHigh: 490, StandardDeviation: 20),
        new(RunEvaluation.Random, Seed: 0, Episodes: 100, MeanReturn: 22.25, MeanReturnLow: 20, MeanReturnHigh: 24, StandardDeviation: double.PositiveInfinity),
    ];

    private static readonly RunDescription Description = RunDescription.Create("CartPole", 8, new TrpoOptions { Seed = 1 });

    [Test]
    public void Evaluations_are_kept_in_the_description_until_the_run_is_resumed()
    {
        using var run = new RunFolder();
        run.Record(Iterations.HealthyRun(20), Description);
        (RunDescription.Load(run.Path) with { Evaluations = Evaluations }).Save(run.Path);
        Assert.That(RunDescription.Load(run.Path).Evaluations, Is.EqualTo(Evaluations));

        // The policy is another one from the next iteration on.
        run.Record(Iterations.HealthyRun(21).Skip(20));
        Assert.That(RunDescription.Load(run.Path).Evaluations, Is.Empty);
    }

    [Test]
    public void Evaluations_are_lines_of_the_learning_curve()
    {
        using var run = new RunFolder();
        run.Record(Iterations.HealthyRun(20), Description);
        (RunDescription.Load(run.Path) with { Evaluations = Evaluations }).Save(run.Path);
        RunReport.Save(run.Path);
        var page = File.ReadAllText(run.Report);

        Assert.That(page, Does.Contain("<li class=\"green\">trained policy, mean of 100 episodes</li>").And.Contains("<li class=\"purple\">random policy, mean of 100 episodes</li>"));
        Assert.That(page, Does.Contain("<dt>mean return, 100 evaluated</dt><dd>480.5</dd>"));
    }

    [TestCase("""{ "policy": "", "seed": 0, "episodes": 1, "meanReturn": 1, "meanReturnLow": 1, "meanReturnHigh": 1, "standardDeviation": 0 }""")]
    [TestCase("""{ "policy": "rule", "seed": 0, "episodes": 0, "meanReturn": 1, "meanReturnLow": 1, "meanReturnHigh": 1, "standardDeviation": 0 }""")]
    [TestCase("null")]
    public void Damaged_evaluations_are_refused(string evaluation)
    {
        using var run = new RunFolder();
        run.Record(Iterations.HealthyRun(20), Description);
        var path = Path.Combine(run.Path, "run.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("\"evaluations\": []", $"\"evaluations\": [{evaluation}]", StringComparison.Ordinal));

        Assert.That(() => RunDescription.Load(run.Path), Throws.TypeOf<InvalidDataException>().With.Message.Contains("evaluations"));
    }

    [Test]
    public void The_health_of_a_run_is_what_its_page_says()
    {
        using var run = new RunFolder();
        run.Record(Iterations.HealthyRun(100).Select(iteration => iteration.Iteration > 10 ? iteration with { Update = Iterations.Rejected() } : iteration), Description);
        var health = RunReport.Judge(run.Path);
        RunReport.Save(run.Path);

        Assert.That(health.Complaints.First(), Has.Property(nameof(Verdict.Grade)).EqualTo(VerdictGrade.Bad));
        Assert.That(health.Complaints.Select(verdict => verdict.Subject), Does.Contain("Rejected updates"));
        Assert.That(File.ReadAllText(run.Report), Does.Contain($"Health: {health.Summary}<"));
    }
}
