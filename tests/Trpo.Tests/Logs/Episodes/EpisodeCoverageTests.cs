using System.Globalization;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs.Episodes;

/// <summary>
/// Tests that intervals and verdicts of episodes keep their levels over replications of Markov decision processes whose values are known. TRPO_LOG_REPLICATIONS sets their number; the suite runs 60.
/// </summary>
public sealed class EpisodeCoverageTests
{
    private static readonly int Replications = int.Parse(Environment.GetEnvironmentVariable("TRPO_LOG_REPLICATIONS") ?? "60", CultureInfo.InvariantCulture);

    // The horizon, the episodes, the distance of the policy from the log's, the probability of an early end, the discount, and whether the observation hides the state.
    [TestCase(5, 500, 0.3, 0.0, 1.0, false)]
    [TestCase(5, 500, 0.3, 0.0, 1.0, true)]
    [TestCase(5, 1500, 0.5, 0.1, 0.9, true)]
    [TestCase(20, 500, 0.1, 0.0, 1.0, false)]
    [TestCase(20, 500, 0.1, 0.05, 0.95, true)]
    [TestCase(20, 1000, 0.2, 0.0, 1.0, false)]
    public void Intervals_of_WDR_and_WPDIS_cover_the_truth(int horizon, int episodes, double distance, double end, double discount, bool isCoarse)
    {
        var process = new MarkovLog(states: 8, horizon, distance, end, discount, isCoarse);
        var evaluations = Evaluate(process, episodes, discount);
        Write(FormattableString.Invariant($"horizon {horizon}, {episodes} episodes, distance {distance}, end {end}, discount {discount}, {(isCoarse ? "coarse" : "exact")}"), evaluations, process.Truth);

        // Three standard errors of a share of 95 % in 60 replications are 8.4 points.
        foreach (var estimator in new[] { OffPolicyEstimator.WDR, OffPolicyEstimator.WPDIS })
            Assert.That(evaluations.Average(evaluation => evaluation[estimator].Interval is { } interval && interval.Low <= process.Truth && process.Truth <= interval.High ? 1.0 : 0), Is.GreaterThanOrEqualTo(0.865), $"{estimator}");
        Assert.That(Error(evaluations, OffPolicyEstimator.WDR, process.Truth), Is.LessThan(Error(evaluations, OffPolicyEstimator.PDIS, process.Truth)));
        Assert.That(evaluations.Average(evaluation => evaluation.DoublyRobust.Value), Is.EqualTo(process.Truth).Within(0.015 * process.Truth), "a model that had seen its episodes would bias it");
    }

    [TestCase(5, 500, 0.3)]
    [TestCase(20, 500, 0.1)]
    public void Better_and_worse_are_rare_without_a_difference(int horizon, int episodes, double distance)
    {
        var process = new MarkovLog(states: 8, horizon, distance, end: 0.05, hasEffect: false);
        var evaluations = Evaluate(process, episodes, discount: 1);
        Write(FormattableString.Invariant($"no effect, horizon {horizon}, {episodes} episodes"), evaluations, process.Truth);

        // Each is wrong in 5 % at most; three standard errors are 8.4 points.
        Assert.That(evaluations.Count(evaluation => evaluation.Gain.Verdict == LogVerdict.Better), Is.LessThanOrEqualTo(0.135 * Replications));
        Assert.That(evaluations.Count(evaluation => evaluation.Gain.Verdict == LogVerdict.Worse), Is.LessThanOrEqualTo(0.135 * Replications));
        Assert.That(evaluations.Count(evaluation => evaluation.IsTrustworthy), Is.GreaterThan(0.9 * Replications), "doubt is no verdict");
    }

    // Of 500 episodes, some 50, 15 and 5 are left.
    [TestCase(5, 500, 0.6)]
    [TestCase(20, 500, 0.25)]
    [TestCase(20, 500, 0.4)]
    public void Few_effective_episodes_are_not_trusted(int horizon, int episodes, double distance)
    {
        var process = new MarkovLog(states: 8, horizon, distance);
        var evaluations = Evaluate(process, episodes, discount: 1);
        Write(FormattableString.Invariant($"far policy, horizon {horizon}, {episodes} episodes, distance {distance}"), evaluations, process.Truth);

        Assert.That(evaluations.Count(evaluation => evaluation.IsTrustworthy), Is.LessThanOrEqualTo(0.05 * Replications));
        Assert.That(evaluations.Where(evaluation => !evaluation.IsTrustworthy).Select(evaluation => evaluation.Gain.Verdict), Is.All.EqualTo(LogVerdict.Undecided));
    }

    private static void Write(string name, LogEvaluation[] evaluations, double truth)
    {
        var report = evaluations[0].Estimates.Select(estimate => estimate.Estimator).Select(estimator => FormattableString.Invariant(
            $"{estimator} bias {evaluations.Average(evaluation => evaluation[estimator].Value) - truth:F4} error {Error(evaluations, estimator, truth):F4} covers {evaluations.Average(evaluation => Math.Abs(evaluation[estimator].Value - truth) <= 1.96 * evaluation[estimator].StandardError ? 1.0 : 0):P1}"));
        TestContext.Out.WriteLine(FormattableString.Invariant($"{Replications} x {name}: truth {truth:F3}, log {evaluations.Average(evaluation => evaluation.Baselines[0].Value):F3}, effective {evaluations.Average(evaluation => evaluation.EffectiveSampleSize):F0}, trusted {evaluations.Average(evaluation => evaluation.IsTrustworthy ? 1.0 : 0):P0}, {string.Join(", ", evaluations.CountBy(evaluation => evaluation.Gain.Verdict).Select(pair => $"{pair.Key} {pair.Value}"))}; {string.Join("; ", report)}"));
    }

    private static double Error(LogEvaluation[] evaluations, OffPolicyEstimator estimator, double truth) => Math.Sqrt(evaluations.Average(evaluation => Math.Pow(evaluation[estimator].Value - truth, 2)));

    private static LogEvaluation[] Evaluate(MarkovLog process, int episodes, double discount) =>
        [.. Enumerable.Range(1, Replications).Select(seed => LogEvaluator.Run(() => process.Draw(episodes, (ulong)seed), new LogEvaluationOptions { Discount = discount }, () => { }))];
}
