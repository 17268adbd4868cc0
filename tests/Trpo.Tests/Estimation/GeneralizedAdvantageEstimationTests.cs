using CsCheck;
using Trpo.Estimators.Estimation;

namespace Trpo.Tests.Estimation;

public sealed class GeneralizedAdvantageEstimationTests
{
    // Discount 0.5 and lambda 0.5 keep the arithmetic readable: each advantage adds a quarter of the next.
    private const double Half = 0.5;

    [Test]
    public void Within_an_episode_an_advantage_is_the_weighted_sum_of_residuals()
    {
        // d = [1 + .5*2 - 1, 2 + .5*3 - 2, 3 + .5*4 - 3] = [1, 1.5, 2]; A = [1 + .25*2, 1.5 + .25*2, 2] = [1.5, 2, 2].
        Assert.That(Advantages([1, 2, 3], [1, 2, 3], [2, 3, 4], "..."), Is.EqualTo(new[] { 1.5, 2, 2 }));
    }

    [Test]
    public void A_terminated_episode_is_worth_nothing_more()
    {
        // At the end d = 2 - 2 = 0, for any next value; before it d = 1 + .5*2 - 1 = 1; the next episode has no effect.
        Assert.That(Advantages([1, 2, 3], [1, 2, 3], [2, 99, 4], ".T."), Is.EqualTo(new[] { 1.0, 0, 2 }));
    }

    [Test]
    public void A_truncated_episode_is_worth_the_value_of_its_final_observation()
    {
        // At the end d = 2 + .5*6 - 2 = 3; before it 1 + .25*3; the next episode has no effect.
        Assert.That(Advantages([1, 2, 3], [1, 2, 3], [2, 6, 4], ".t."), Is.EqualTo(new[] { 1.75, 3, 2 }));
    }

    [Test]
    public void Trace_coefficients_weight_later_residuals()
    {
        // As within an episode, d = [1, 1.5, 2], but the advantage of the second step counts by 0.5 for the first one: A = [1 + .25*.5*A1, 1.5 + .25*1*2, 2].
        var advantages = new double[3];
        GeneralizedAdvantageEstimation.Compute([1, 2, 3], [1, 2, 3], [2, 3, 4], new bool[3], new bool[3], Half, Half, advantages, traces: [0, 0.5, 1]);

        Assert.That(advantages, Is.EqualTo(new[] { 1.25, 2, 2 }));
        Assert.That(() => GeneralizedAdvantageEstimation.Compute([1, 2, 3], [1, 2, 3], [2, 3, 4], new bool[3], new bool[3], Half, Half, advantages, traces: [1]), Throws.ArgumentException.With.Message.Contains("traces"));
    }

    [Test]
    public void Lambda_one_is_the_discounted_return_less_the_value() =>
        (from rewards in Gen.Double[-5, 5].Array[1, 20]
         from seed in Gen.Double[-5, 5].Array[21]
         from discount in Gen.Double[0, 1]
         select (rewards, seed, discount)).Sample(rollout =>
         {
             var (rewards, seed, discount) = rollout;
             var steps = rewards.Length;
             var values = seed[..steps];
             var next = seed[1..(steps + 1)];
             var advantages = new double[steps];
             GeneralizedAdvantageEstimation.Compute(rewards, values, next, new bool[steps], new bool[steps], discount, 1, advantages);
             var expected = next[^1];
             for (var t = steps - 1; t >= 0; t--)
             {
                 expected = rewards[t] + (discount * expected);
                 if (Math.Abs(advantages[t] - (expected - values[t])) > 1e-9)
                     return false;
             }

             return true;
         });

    [Test]
    public void Spans_of_different_lengths_are_refused() =>
        Assert.That(() => GeneralizedAdvantageEstimation.Compute([1, 2], [1], [1, 2], [false, false], [false, false], 1, 1, new double[2]), Throws.ArgumentException);

    [Test]
    public void Standardized_advantages_have_mean_0_and_deviation_1()
    {
        double[] values = [1, 3];
        Standardization.Of(values).Apply(values);

        Assert.That(values, Is.EqualTo(new[] { -1.0, 1 }));
    }

    [TestCase(1e-200)]
    [TestCase(1e200)]
    public void Advantages_of_any_scale_are_standardized(double scale)
    {
        double[] values = [scale, 3 * scale];
        Standardization.Of(values).Apply(values);

        Assert.That(values, Is.EqualTo(new[] { -1.0, 1 }).Within(1e-12));
    }

    [TestCase(0)]
    [TestCase(0.1)]
    [TestCase(-1e9)]
    public void Advantages_without_variance_become_zeros(double value)
    {
        double[] values = [value, value, value];
        Standardization.Of(values).Apply(values);

        Assert.That(values, Is.All.Zero);
    }

    // A character per step: "." continues, "T" terminated, "t" truncated.
    private static double[] Advantages(double[] rewards, double[] values, double[] nextValues, string ends)
    {
        var advantages = new double[rewards.Length];
        GeneralizedAdvantageEstimation.Compute(rewards, values, nextValues, [.. ends.Select(end => end == 'T')], [.. ends.Select(end => end != '.')], Half, Half, advantages);
        return advantages;
    }
}
