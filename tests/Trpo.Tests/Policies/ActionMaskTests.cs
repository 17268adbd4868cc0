using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Policies;

public sealed class ActionMaskTests
{
    private static readonly ActionSpace Three = ActionSpace.Discrete("left", "stay", "right");
    private static readonly ActionSpace Controls = ActionSpace.MultiDiscrete([3, 2], "gear", "pedal");

    // Choices of the probabilities 1/4 and 3/4, and a forbidden one of probability 0.
    private static double[] Masked()
    {
        double[] logits = [0, Math.Log(3), 5];
        new ActionMask(Three, 4).Apply([9, 1, 1, 0], logits);
        return logits;
    }

    [Test]
    public void Forbidden_choices_have_the_probability_0_and_the_others_share_1()
    {
        var family = ActionDistribution.For(Three, initialLogStandardDeviation: 0);
        var (logits, gradient, product) = (Masked(), new double[3], new double[3]);
        var logProbability = family.LogProbability(logits, [1], gradient);
        family.FisherProduct(logits, [1, 2, 1_000], product);

        Assert.Multiple(() =>
        {
            Assert.That(logProbability, Is.EqualTo(Math.Log(0.75)).Within(1e-15));
            Assert.That(gradient, Is.EqualTo(new[] { -0.25, 0.25, 0 }).Within(1e-15));
            Assert.That(product, Is.EqualTo(new[] { -0.1875, 0.1875, 0 }).Within(1e-15), "p (v - mean), with the mean 1.75");
            Assert.That((gradient[2], product[2]), Is.EqualTo((0.0, 0.0)), "exactly");
            Assert.That(family.Entropy(logits), Is.EqualTo((0.25 * Math.Log(4)) - (0.75 * Math.Log(0.75))).Within(1e-15));
            Assert.That(family.KullbackLeibler(logits, [0, 0, logits[2]]), Is.EqualTo((0.25 * Math.Log(0.5)) + (0.75 * Math.Log(1.5))).Within(1e-15));
            Assert.That(family.KullbackLeibler(logits, logits), Is.Zero);
        });
    }

    [TestCase(1)]
    [TestCase(-1e30)]
    [TestCase(1e30)]
    public void The_formulas_are_finite_for_network_outputs_of_any_size(double scale)
    {
        var family = ActionDistribution.For(Three, initialLogStandardDeviation: 0);
        var (gradient, mode) = (new double[3], new float[1]);
        double[] logits = [scale, 7, 2 * scale];
        new ActionMask(Three, 3).Apply([1, 0, 0], logits);
        family.Mode(logits, mode);

        Assert.That(mode, Is.EqualTo(new[] { 0f }));
        Assert.That(family.LogProbability(logits, [0], gradient), Is.Zero);
        Assert.That(gradient, Is.All.Zero);
        Assert.That(family.Entropy(logits), Is.Zero);
    }

    [TestCase(0, 0)]
    [TestCase(0.2499, 0)]
    [TestCase(0.2501, 1)]
    [TestCase(0.999999999999, 1)]
    [TestCase(1, 1, Description = "what rounding leaves")]
    public void Forbidden_choices_are_never_drawn(double uniform, int expected) => Assert.That(Softmax.Draw(Masked(), uniform), Is.EqualTo(expected));

    [TestCase(0, 2)]
    [TestCase(1, 2)]
    public void Forbidden_choices_in_front_are_never_drawn(double uniform, int expected)
    {
        double[] logits = [0, 0, 0];
        new ActionMask(Three, 3).Apply([0, 0, 1], logits);
        Assert.That(Softmax.Draw(logits, uniform), Is.EqualTo(expected));
    }

    [TestCase("1 0 1", null)]
    [TestCase("0 0 1", null)]
    [TestCase("0 0 0", "allows no choice at step 5 of its episode: the mask, which is the last 3 slots of what the policy sees, is 0 there.")]
    [TestCase("1 0.5 0", "shows the policy 0.5 at slot 2, at step 5 of its episode, where the mask says whether choice 'stay' is allowed; it must be 1 or 0. A normaliser must not scale the mask")]
    [TestCase("1 0 -1", "slot 3")]
    [TestCase("1 0 2", "slot 3")]
    public void An_invalid_mask_is_reported(string mask, string? fault)
    {
        float[] observation = [0.5f, .. mask.Split(' ').Select(value => float.Parse(value, System.Globalization.CultureInfo.InvariantCulture))];

        Assert.That(new ActionMask(Three, 4).FindFault(observation, step: 5), fault is null ? Is.Null : Does.Contain(fault));
    }

    [Test]
    public void The_dimension_that_allows_nothing_is_named()
    {
        var mask = new ActionMask(Controls, 5);

        Assert.That(mask.FindFault([0, 0, 1, 0, 1], step: 0), Is.Null);
        Assert.That(mask.FindFault([0, 1, 0, 0, 0], step: 0), Does.StartWith("allows no choice in dimension 'pedal' at step 0"));
        Assert.That(mask.FindFault([0, 0, 0, 0, 1], step: 0), Does.StartWith("allows no choice in dimension 'gear'"));
    }

    [Test]
    public void Only_choices_can_be_masked_and_the_observation_must_have_the_mask()
    {
        Assert.That(() => new ActionMask(ActionSpace.Box([0], [1]), 4), Throws.ArgumentException.With.Message.Contains("only discrete and multi-discrete"));
        Assert.That(() => new ActionMask(ActionSpace.MultiBinary(2), 4), Throws.ArgumentException);
        Assert.That(() => new ActionMask(Controls, 4), Throws.ArgumentException.With.Message.Contains("the last 5 slots of an observation, but the observation has 4"));
        Assert.That(new ActionMask(Controls, 5).Length, Is.EqualTo(5));
    }

    [Test]
    public void Random_actions_are_uniform_over_the_allowed_choices()
    {
        const int Draws = 30_000;
        bool[] allowed = [true, false, true, false, true];
        var random = new RandomSource(1);
        var (action, gears) = (new float[2], new int[3]);
        for (var i = 0; i < Draws; i++)
        {
            ActionSampling.Sample(Controls, random, action);
            Assert.That(ActionSampling.ReplaceForbidden(Controls, choice => allowed[choice], random, action));
            gears[(int)action[0]]++;
            Assert.That(action[1], Is.EqualTo(1));
        }

        Assert.That(gears[1], Is.Zero);
        Assert.That(gears[0] / (double)Draws, Is.EqualTo(0.5).Within(0.015));
        Assert.That(ActionSampling.ReplaceForbidden(Controls, choice => choice < 3, random, action), Is.False, "no pedal");
    }

    [Test]
    public void A_mask_that_allows_everything_draws_no_further_random_numbers()
    {
        var (first, second) = (new RandomSource(1), new RandomSource(1));
        float[] plain = [0, 0], allowed = [0, 0];
        for (var i = 0; i < 100; i++)
        {
            ActionSampling.Sample(Controls, first, plain);
            ActionSampling.Sample(Controls, second, allowed);
            Assert.That(ActionSampling.ReplaceForbidden(Controls, _ => true, second, allowed));
            Assert.That(allowed, Is.EqualTo(plain));
        }
    }
}
