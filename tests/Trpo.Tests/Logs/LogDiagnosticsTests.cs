using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Evaluation;

namespace Trpo.Tests.Logs;

/// <summary>Tests of the parts of an evaluation that are looked at rather than compared: actions, weights, calibration, and gains over the baselines.</summary>
public sealed class LogDiagnosticsTests
{
    [Test]
    public void Actions_have_their_shares_in_the_log_and_under_the_policy()
    {
        var log = new LoggedRows(3, 0) { Actions = [0, 0, 1, 0], Propensities = [0.5, 0.5, 0.5, 0.5], Rewards = [1, 2, 4, 0], Observations = [] };
        double[] policy = [1, 0, 0, 0.5, 0.25, 0.25, 0, 1, 0, 0, 0.75, 0.25];

        Assert.That(LogAction.Of(log, policy, ["a", "b", "c"]), Is.EqualTo(new[]
        {
            new LogAction { Name = "a", LogShare = 0.75, PolicyShare = 0.375, MeanReward = 1 },
            new LogAction { Name = "b", LogShare = 0.25, PolicyShare = 0.5, MeanReward = 4 },
            new LogAction { Name = "c", LogShare = 0, PolicyShare = 0.125, MeanReward = double.NaN },
        }));
    }

    [Test]
    public void Weights_are_counted_in_bins_of_powers_of_two()
    {
        var bins = WeightBin.Of([0, 0, double.Epsilon, 0.06, 0.0625, 1, 1.99, 16, 40]);

        Assert.That(bins.Select(bin => bin.Rows), Is.EqualTo(new[] { 2, 2, 1, 0, 0, 0, 2, 0, 0, 0, 2 }));
        Assert.That((bins[0].From, bins[0].To), Is.EqualTo((0, 0)));
        Assert.That(bins.Skip(1).Select(bin => bin.From), Is.EqualTo(new[] { 0, 0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16 }));
        Assert.That(bins[^1].To, Is.EqualTo(double.PositiveInfinity));
        Assert.That(bins.Sum(bin => bin.WeightShare), Is.EqualTo(1).Within(1e-12));
        Assert.That(bins[^1].WeightShare, Is.EqualTo(56 / 59.1125).Within(1e-12));
        Assert.That(WeightBin.Of([0, 0]).Select(bin => bin.WeightShare), Is.All.Zero);
        Assert.That(WeightBin.Of([double.PositiveInfinity])[^1].Rows, Is.EqualTo(1));
    }

    [Test]
    public void Shares_of_weights_beyond_all_numbers_are_numbers()
    {
        double[] moderate = [0, 0.06, 1, 1.5, 40];
        var (infinite, logarithms) = (WeightBin.Of([double.PositiveInfinity, double.PositiveInfinity, 1]), WeightBin.OfLogarithms([.. moderate.Select(weight => Math.Log(weight))]));
        var beyond = WeightBin.OfLogarithms([710, 710 + Math.Log(3), -800, double.NegativeInfinity]);

        Assert.That((infinite[^1].WeightShare, infinite[6].WeightShare), Is.EqualTo((1.0, 0.0)));
        Assert.That(WeightBin.Of([1e308, 1e308, 1e308])[^1].WeightShare, Is.EqualTo(1));
        Assert.That(logarithms.Select(bin => bin.Rows), Is.EqualTo(WeightBin.Of(moderate).Select(bin => bin.Rows)));
        Assert.That(logarithms.Select(bin => bin.WeightShare), Is.EqualTo(WeightBin.Of(moderate).Select(bin => bin.WeightShare)).Within(1e-12));
        Assert.That((beyond[^1].Rows, beyond[1].Rows, beyond[0].Rows, beyond[^1].WeightShare), Is.EqualTo((2, 1, 1, 1.0)));
        Assert.That(WeightBin.OfLogarithms([-900, -900 + Math.Log(3)])[1].WeightShare, Is.EqualTo(1), "all are too small for a number");
        Assert.That(WeightBin.OfLogarithms([double.NegativeInfinity]).Select(bin => bin.WeightShare), Is.All.Zero);
    }

    [Test]
    public void Predictions_are_compared_with_rewards_in_tenths_whatever_the_order_of_the_rows()
    {
        double[] predicted = [.. Enumerable.Range(0, 40).Select(row => row * 0.1)];
        double[] rewards = [.. Enumerable.Range(0, 40).Select(row => (double)(row * 7 % 5))];
        int[] shuffled = [.. Enumerable.Range(0, 40).Select(row => row * 11 % 40)];

        var bins = Bins(predicted, rewards);

        Assert.That(bins.Select(bin => bin.Rows), Is.EqualTo(Enumerable.Repeat(4, 10)));
        Assert.That(bins.Select(bin => bin.Predicted), Is.EqualTo(Enumerable.Range(0, 10).Select(bin => (0.4 * bin) + 0.15)).Within(1e-12));
        Assert.That(bins.Select(bin => bin.Observed), Is.EqualTo(rewards.Chunk(4).Select(part => part.Average())).Within(1e-12));
        Assert.That(Bins([.. shuffled.Select(row => predicted[row])], [.. shuffled.Select(row => rewards[row])]), Is.EqualTo(bins));
        Assert.That(Bins([1, 2, 3], [4, 5, 6]).Select(bin => (bin.Observed, bin.Rows)), Is.EqualTo(new[] { (4.0, 1), (5.0, 1), (6.0, 1) }));
    }

    // Divided by their rewards, rows of one prediction would look like a model that is wrong.
    [Test]
    public void Rows_of_one_prediction_are_in_one_bin()
    {
        double[] predicted = [.. Enumerable.Range(0, 300).Select(row => row < 170 ? 0.25 : 0.75)];
        double[] rewards = [.. Enumerable.Range(0, 300).Select(row => (double)(row % 2))];

        Assert.That(Bins(predicted, rewards).Select(bin => (bin.Predicted, bin.Observed, bin.Rows)), Is.EqualTo(new[] { (0.25, 0.5, 170), (0.75, 0.5, 130) }));
    }

    [Test]
    public void A_gain_over_a_baseline_is_paired()
    {
        var evaluation = EvaluateUniform(new());
        var (logged, uniform) = (evaluation.Baselines[0], evaluation.Baselines[1]);

        Assert.That((logged.Kind, uniform.Kind), Is.EqualTo((LogBaselineKind.Log, LogBaselineKind.Uniform)));
        Assert.That((logged.Gain, logged.GainError), Is.EqualTo((evaluation.Gain.DoublyRobust, evaluation.Gain.DoublyRobustError)));
        Assert.That((uniform.Gain, uniform.GainError), Is.EqualTo((0.0, 0.0)), "the policy is the baseline: two means that are not paired would differ by their errors");
        foreach (var baseline in evaluation.Baselines)
        {
            Assert.That(baseline.Gain, Is.EqualTo(evaluation[OffPolicyEstimator.DR].Value - baseline.Value).Within(1e-12), $"{baseline.Kind}");
            Assert.That(baseline.Interval is null, Is.EqualTo(baseline.EffectiveSampleSize < 100), $"{baseline.Kind}");
            if (baseline.Interval is { } interval)
            {
                Assert.That((interval.Low + interval.High) / 2, Is.EqualTo(baseline.Value).Within(1e-12), $"{baseline.Kind}");
                Assert.That(interval.High - baseline.Value, Is.EqualTo(1.959964 * baseline.StandardError).Within(1e-6), $"{baseline.Kind}");
            }
            else
            {
                Assert.That(baseline.Verdict, Is.EqualTo(LogVerdict.Undecided), $"{baseline.Kind}");
            }
        }

        Assert.That(evaluation.Baselines[^1].Interval, Is.Null, "few rows stand behind the best action of 300");
        Assert.That((logged.Verdict, uniform.Verdict), Is.EqualTo((LogVerdict.Better, LogVerdict.Undecided)));
    }

    [Test]
    public void The_level_of_the_verdict_leaves_the_intervals_as_they_are()
    {
        var (usual, strict) = (EvaluateUniform(new()), EvaluateUniform(new() { VerdictLevel = 1 - 1e-15 }));

        Assert.That((usual.Gain.Verdict, strict.Gain.Verdict), Is.EqualTo((LogVerdict.Better, LogVerdict.Undecided)));
        Assert.That(strict.Gain.Level, Is.EqualTo(1 - 1e-15));
        Assert.That(strict.Estimates, Is.EqualTo(usual.Estimates));
    }

    private static LogEvaluation EvaluateUniform(LogEvaluationOptions options)
    {
        var log = SyntheticLog.Load().Draw(300, seed: 3);
        Array.Fill(log.Policy, 1.0 / SyntheticLog.Actions);
        return LogEvaluator.Run(() => log, options, () => { });
    }

    private static IReadOnlyList<CalibrationBin> Bins(double[] predicted, double[] rewards) => CalibrationBin.Of(new OffPolicyRows(rewards, rewards, rewards, predicted));
}
