using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Optimization;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Learning does not depend on the unit of rewards, and equal rewards teach nothing.</summary>
public sealed class RewardUnitsTests
{
    [TestCase("plain")]
    [TestCase("unnormalized")]
    [TestCase("bonus")]
    [TestCase("reuse")]
    [TestCase("continuous")]
    public void Rewards_times_a_power_of_two_give_the_same_policy_bit_for_bit(string kind)
    {
        var expected = TrainKind(kind, 1);

        Assert.Multiple(() =>
        {
            foreach (var exponent in (int[])[-60, -7, 1, 60])
                Assert.That(TrainKind(kind, Math.ScaleB(1, exponent)), Is.EqualTo(expected), $"rewards times 2^{exponent}");
        });
    }

    [Test]
    public void The_factor_of_the_options_is_one_of_the_rewards()
    {
        var scaled = Train(() => new CartPole(), Short with { RewardScale = 0.25 });
        var losses = Train(() => new CartPole(), Short).Iterations.Select(iteration => iteration.ValueLoss / 16);

        Assert.That(scaled.Iterations.Select(iteration => iteration.ValueLoss), Is.EqualTo(losses));
        Assert.That(scaled.Iterations[0].Returns, Is.All.GreaterThan(1), "reported returns are not scaled");
    }

    [TestCase(1e-9)]
    [TestCase(1e-6)]
    [TestCase(1e9)]
    public void Rewards_of_any_size_are_learned_alike(double factor)
    {
        double[] returns = [.. Enumerable.Range(1, 10).Select(seed => MeanReturn(factor, seed) / factor)];

        Assert.That(returns.Average(), Is.EqualTo(UnscaledReturn.Value).Within(0.15 * UnscaledReturn.Value));
        Assert.That(UnscaledReturn.Value, Is.GreaterThan(250), "the policy learns");
    }

    [TestCase(1, 1, false)]
    [TestCase(1, 1e6, false)]
    [TestCase(1, -1e-6, false)]
    [TestCase(1, 0.1, false)]
    [TestCase(1, 0.1, true)]
    [TestCase(1, 0, false)]
    [TestCase(7, 0, false)]
    [TestCase(7, 0, true)]
    [TestCase(40, 0, false)]
    [TestCase(40, 0, true)]
    public void Equal_advantages_are_no_reason_to_change_the_policy(int length, double reward, bool truncates)
    {
        var iterations = Train(() => new CountingEnvironment(length, truncates, _ => reward, step => step / 10f), new() { TotalSteps = 40_000, Seed = 1 }).Iterations;

        Assert.That(iterations.Select(iteration => iteration.Update.Outcome), Is.All.EqualTo(TrustRegionOutcome.ZeroGradient));
        Assert.That(iterations[^1].Entropy, Is.EqualTo(Math.Log(2)).Within(1e-3), "the policy is as it was");
        Assert.That(iterations.Select(iteration => iteration.ExplainedVariance), Is.All.NaN, "there is no variance to explain");
        Assert.That(iterations.Select(iteration => iteration.ValueLoss), Is.All.Zero);
    }

    [Test]
    public void Returns_that_begin_to_vary_late_are_learned_as_soon()
    {
        // The tenth iteration is the first that pays.
        var steps = 0;
        var late = Train(() => new CountingEnvironment(1, reward: _ => ++steps <= 10 * 512 ? 0 : 1e-9 * (steps % 3)), new() { TotalSteps = 20 * 512, Seed = 1 }, environments: 1).Iterations;

        Assert.That(late.Take(10).Select(iteration => iteration.Update.Outcome), Is.All.EqualTo(TrustRegionOutcome.ZeroGradient));
        Assert.That(late.Skip(10).Select(iteration => iteration.Update.Outcome), Is.All.EqualTo(TrustRegionOutcome.Accepted));
    }

    // The action is worth little beside the offset, beside what an observation is worth, over long episodes without a discount, and after one huge reward.
    [TestCase(1, 1e9, 0, 1e-3)]
    [TestCase(1, 0, 1e5, 1)]
    [TestCase(1_000, 1, 0, 0.02)]
    [TestCase(1, 0, 0, 1, 1e8)]
    public void Small_true_advantages_are_learned(int length, double offset, double slope, double gain, double outlier = 0)
    {
        var steps = 0;
        var options = new TrpoOptions { TotalSteps = 100_000, StepsPerIteration = Math.Max(512, length), HiddenLayers = [], Seed = 1, Discount = 1, GaeLambda = 1, Health = new() { EntropyCollapse = 0 } };
        var iterations = Train(() => new PaidChoice(length, (action, observation) => ++steps == 1_000 && outlier > 0 ? outlier : offset + (slope * observation) + (gain * action)), options, environments: 1).Iterations;

        Assert.That(iterations[^1].Entropy, Is.LessThan(0.2));
    }

    [TestCase(1)]
    [TestCase(1e-6)]
    public void A_baseline_is_handed_targets_in_the_units_of_scaled_rewards(double factor)
    {
        // Episodes of one step have the reward as their target.
        var baseline = new Recorder();
        Train(() => new CountingEnvironment(1, reward: _ => factor * 3), Short with { RewardScale = 2, Baseline = _ => baseline });

        Assert.That(baseline.Targets, Is.Not.Empty.And.All.EqualTo(6 * factor).Within(1e-12 * factor));
    }

    private static readonly Lazy<double> UnscaledReturn = new(() => Enumerable.Range(1, 10).Average(seed => MeanReturn(1, seed)));

    private static readonly TrpoOptions Short = new() { TotalSteps = 6_000, Seed = 3 };

    private static double MeanReturn(double factor, int seed) =>
        Train(() => new ScaledRewards(new CartPole(), factor), new() { TotalSteps = 40_000, Seed = seed }).Iterations[^1].MeanReturnOfLast100;

    private static byte[] TrainKind(string kind, double factor) => kind switch
    {
        "plain" => Train(() => new ScaledRewards(new CartPole(), factor), Short).Onnx,
        "unnormalized" => Train(() => new ScaledRewards(new CartPole(), factor), Short with { NormalizeAdvantages = false }).Onnx,
        "bonus" => Train(() => new ScaledRewards(new CartPole(), factor), Short with { EntropyBonus = 0.01 * factor, NormalizeObservations = true }).Onnx,
        "reuse" => Train(() => new ScaledRewards(new CartPole(), factor), TrpoOptions.SampleEfficient with { TotalSteps = 6_000, Seed = 3, EntropyBonus = 0.01 * factor }).Onnx,
        "continuous" => Train(() => new ScaledRewards(new Pendulum(), factor), Short with { Discount = 0.9 }).Onnx,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown."),
    };

    private static (IReadOnlyList<TrpoIteration> Iterations, byte[] Onnx) Train(Func<IEnvironment> create, TrpoOptions options, int environments = 8)
    {
        var ml = new MLContext(seed: 1);
        var listener = new Listener();
        var view = ml.ReinforcementLearning.LoadFromEnvironment(create, count: environments, rows: 16);
        var model = ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = listener }).Fit(view);
        return (listener.Iterations, model.Onnx.ToArray());
    }

    private sealed class Recorder : IValueFunction
    {
        public List<double> Targets { get; } = [];

        public void Predict(ReadOnlySpan<float> observations, Span<double> values) => values.Clear();

        public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
        {
            Targets.AddRange(targets.ToArray());
            return 0;
        }
    }
}
