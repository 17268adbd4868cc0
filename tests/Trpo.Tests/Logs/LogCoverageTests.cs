using System.Globalization;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs;

/// <summary>
/// Tests that intervals and verdicts keep their levels over replications of a generator whose truth is known. TRPO_LOG_REPLICATIONS sets their number; the suite runs 100.
/// </summary>
[Parallelizable]
public sealed class LogCoverageTests
{
    private static readonly int Replications = int.Parse(Environment.GetEnvironmentVariable("TRPO_LOG_REPLICATIONS") ?? "100", CultureInfo.InvariantCulture);

    [Test]
    public void Intervals_of_DR_and_SNIPS_cover_the_truth()
    {
        var generator = SyntheticLog.Load();
        var evaluations = Evaluate(generator, rows: 2_000, hasEffect: true);
        var robust = Coverage(evaluations, OffPolicyEstimator.DR, generator.Truth);
        var normalized = Coverage(evaluations, OffPolicyEstimator.SNIPS, generator.Truth);
        var better = evaluations.Count(evaluation => evaluation.Gain.Verdict == LogVerdict.Better) / (double)Replications;
        TestContext.Out.WriteLine(FormattableString.Invariant($"{Replications} replications of 2,000 rows: DR covers {robust:P1}, SNIPS {normalized:P1}; Better {better:P1}; trusted {evaluations.Count(evaluation => evaluation.IsTrustworthy)}; mean effective size {evaluations.Average(evaluation => evaluation.EffectiveSampleSize):F0}"));

        // Three standard errors of a share of 95 % in 100 replications are 6.5 points.
        Assert.That(robust, Is.GreaterThanOrEqualTo(0.885));
        Assert.That(normalized, Is.GreaterThanOrEqualTo(0.885));
        Assert.That(evaluations.Average(evaluation => evaluation[OffPolicyEstimator.DR].Value), Is.EqualTo(generator.Truth).Within(0.015), "a reward model that had seen its rows would bias it");
        Assert.That(better, Is.GreaterThan(0.9), "the gain is 0.22");
    }

    [Test]
    public void Better_and_worse_are_rare_without_a_difference()
    {
        var verdicts = Evaluate(SyntheticLog.Load(), rows: 2_000, hasEffect: false).CountBy(evaluation => evaluation.Gain.Verdict).ToDictionary();
        TestContext.Out.WriteLine(string.Join(", ", verdicts.Select(pair => $"{pair.Key} {pair.Value}")) + $" of {Replications}");

        // Each is wrong in 5 % at most; three standard errors are 6.5 points.
        Assert.That(verdicts.GetValueOrDefault(LogVerdict.Better), Is.LessThanOrEqualTo(0.115 * Replications));
        Assert.That(verdicts.GetValueOrDefault(LogVerdict.Worse), Is.LessThanOrEqualTo(0.115 * Replications));
    }

    private static LogEvaluation[] Evaluate(SyntheticLog generator, int rows, bool hasEffect) =>
        [.. Enumerable.Range(1, Replications).Select(seed => LogEvaluator.Run(() => generator.Draw(rows, (ulong)seed, hasEffect), new LogEvaluationOptions(), () => { }))];

    private static double Coverage(LogEvaluation[] evaluations, OffPolicyEstimator estimator, double truth) =>
        evaluations.Count(evaluation => evaluation[estimator].Interval is { } interval && interval.Low <= truth && truth <= interval.High) / (double)evaluations.Length;
}
