using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Reports;
using Trpo.Reports.Csv;
using Trpo.Reports.Descriptions;
using Trpo.Reports.Verdicts;
using Trpo.Tests.Support;

namespace Trpo.Tests.Reports;

/// <summary>A real run, recorded and reported as docs/reports.md shows it.</summary>
public sealed class ReportsDocumentTests
{
    [Test]
    public void A_healthy_run_leaves_the_documented_files_and_no_bad_verdict()
    {
        using var run = new RunFolder();
        var folder = run.Path;
        var ml = new MLContext(seed: 1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 8);

        var options = new TrpoOptions { TotalSteps = 60_000, Seed = 1 };
        using (var recorder = new RunRecorder(folder, RunDescription.Create("CartPole-v1", environments: 8, options)))
        {
            ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false)
                .Append(ml.ReinforcementLearning.Trainers.Trpo(cartPole, options with { Progress = recorder }))
                .Fit(cartPole);
        }

        RunReport.Save(folder);

        var verdicts = RunVerdicts.Of(MetricsReader.Read(run.Metrics));
        Assert.That(verdicts.Where(verdict => verdict.Grade == VerdictGrade.Bad), Is.Empty);
        Assert.That(run.Events, Has.Length.EqualTo(1));
        var names = Directory.GetFileSystemEntries(folder).Select(path => Path.GetFileName(path)).Where(name => !name.StartsWith("events.out.tfevents.", StringComparison.Ordinal));
        Assert.That(names, Is.EquivalentTo(new[] { "metrics.csv", "run.json", "report.html", "plots" }));
    }
}
