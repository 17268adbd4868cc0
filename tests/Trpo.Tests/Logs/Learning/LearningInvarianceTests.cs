using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;

namespace Trpo.Tests.Logs.Learning;

/// <summary>Tests that learning does not depend on what it must not depend on: the unit of the rewards, the point from which they are counted, the order of the rows, the number of threads.</summary>
[Parallelizable]
public sealed class LearningInvarianceTests
{
    private static readonly Decision[] Rows = SyntheticWorld.Decisions(3_000, seed: 5);

    private static readonly TrpoFromLogOptions Options = new() { Seed = 3, Iterations = 8, BatchRows = 1_000, HiddenLayers = [16] };

    [Test]
    public void The_unit_of_the_rewards_changes_nothing([Values] LearningEstimator estimator, [Values(1e9, 1e-9, 1_024, 1.0 / 1_024)] double factor) =>
        Assert.That(Learn(Scaled(factor, 0), estimator), Is.EqualTo(Learn(Rows, estimator)));

    [Test]
    public void The_point_from_which_rewards_are_counted_changes_nothing([Values(LearningEstimator.DR, LearningEstimator.SNIPS)] LearningEstimator estimator, [Values(-0.5, 1_000)] double shift) =>
        Assert.That(Learn(Scaled(1, shift), estimator), Is.EqualTo(Learn(Rows, estimator)));

    [Test]
    public void Inverse_propensity_scoring_depends_on_that_point() =>
        Assert.That(Learn(Scaled(1, -0.5), LearningEstimator.IPS), Is.Not.EqualTo(Learn(Rows, LearningEstimator.IPS)));

    [Test]
    public void The_order_of_the_rows_changes_nothing([Values("Action", "Name")] string action)
    {
        // In the order of the rows, texts would be other actions, too.
        Decision[] reversed = [.. Rows.Reverse()];

        Assert.That(reversed[0].Name, Is.Not.EqualTo(Rows[0].Name));
        Assert.That(Learn(reversed, columns: new LogColumns(Action: action)), Is.EqualTo(Learn(Rows, columns: new LogColumns(Action: action))));
    }

    [Test]
    public void The_number_of_threads_changes_nothing()
    {
        var options = Options with { BatchRows = 10_000 };
        Decision[] rows = [.. Rows, .. SyntheticWorld.Decisions(4_000, seed: 6)];

        Assert.That(Learn(rows, options: options with { Threads = 4 }), Is.EqualTo(Learn(rows, options: options with { Threads = 1 })));
    }

    [Test]
    public void The_seed_changes_the_policy() => Assert.That(Learn(Rows, options: Options with { Seed = 4 }), Is.Not.EqualTo(Learn(Rows)));

    [TestCase(true)]
    [TestCase(false)]
    public void Networks_as_reward_models_are_the_same_in_any_order(bool isReversed) =>
        Assert.That(Learn(isReversed ? [.. Rows.Reverse()] : Rows, options: Options with { RewardModel = RewardModel.Network([8], steps: 5), Threads = isReversed ? 1 : 3 }),
            Is.EqualTo(Learn(Rows, options: Options with { RewardModel = RewardModel.Network([8], steps: 5) })));

    private static Decision[] Scaled(double factor, double shift) => [.. Rows.Select(row => row with { Reward = (row.Reward * factor) + shift })];

    private static byte[] Learn(Decision[] rows, LearningEstimator estimator = LearningEstimator.DR, TrpoFromLogOptions? options = null, LogColumns? columns = null)
    {
        using var policy = TinyLog.Learn(rows, (options ?? Options) with { Estimator = estimator }, columns);
        return policy.Onnx.ToArray();
    }
}
