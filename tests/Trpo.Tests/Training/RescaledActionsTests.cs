using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Onnx;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Tests of continuous actions in bounds of any size and place.</summary>
public sealed class RescaledActionsTests
{
    private static readonly TrpoOptions Options = new() { TotalSteps = 12_000, StepsPerIteration = 400, HiddenLayers = [16], Seed = 1, TrustRegion = new() { MaxKl = 0.02 } };

    [TestCase(-1, 1, 1, false)]
    [TestCase(0, 200, 1, false)]
    [TestCase(-1e-3f, 1e-3f, 1, false)]
    [TestCase(-1e-9f, 1e-9f, 1, false)]
    [TestCase(-1e9f, 1e9f, 1, false)]
    [TestCase(-3, 40, 1, false)]
    [TestCase(1e6f, 1.1e6f, 1, false)]
    [TestCase(-1e30f, 1e30f, 1, false)]
    [TestCase(0, 200, 1, true)]
    [TestCase(0, 20, 50, true)]
    public void Bounds_of_any_size_and_place_are_learned(float low, float high, int length, bool isAtBound)
    {
        // All dimensions share the radius of the trust region.
        var options = Options with { TotalSteps = length == 1 ? 12_000 : 60_000 };
        var (mean, trivial) = (Return(low, high, length, isAtBound, options), isAtBound ? -1 : -1 / 3.0);

        Assert.That(mean, Is.GreaterThan(trivial / 10), "the middle of the bounds is the best action that knows nothing");
    }

    [Test]
    public void Bounds_times_a_power_of_two_give_the_same_policy_in_other_units([Values(-20, -3, 1, 30)] int power, [Values] bool withBonus)
    {
        var scale = MathF.ScaleB(1, power);
        var options = Options with { TotalSteps = 2_000, EntropyBonus = withBonus ? 0.01 : 0 };
        var (plain, scaled) = (Actions(1, options), Actions(scale, options));

        if (withBonus)
            Assert.That(scaled.Select(action => action / scale), Is.EqualTo(plain).Within(1e-4f), "the logarithms of the densities round differently");
        else
            Assert.That(scaled.Select(action => action / scale), Is.EqualTo(plain));
        Assert.That(plain.Distinct().Count(), Is.GreaterThan(10));
    }

    [Test]
    public void Without_rescaling_the_policy_has_the_units_of_the_action()
    {
        Assert.That(Return(0, 200, 1, isAtBound: false, Options with { RescaleActions = false }), Is.LessThan(-0.1));
        Assert.That(Actions(1, Options with { TotalSteps = 1_000, RescaleActions = false }), Is.EqualTo(Actions(1, Options with { TotalSteps = 1_000 })), "bounds of -1 and 1 need none");
    }

    [TestCase(float.MaxValue)]
    [TestCase(1e38f)]
    [TestCase(2e30f)]
    [TestCase(float.PositiveInfinity)]
    public void Bounds_that_stand_for_none_leave_the_units_of_the_action(float bound)
    {
        var space = ActionSpace.Box([-bound, 0], [bound, 1]);
        var family = new CensoredGaussianDistribution((BoxActionSpace)space, 0, rescales: true);
        var mode = new float[2];
        family.Mode([0.5, 0.5, 0, 0], mode);

        Assert.That(mode, Is.EqualTo(new[] { 0.5f, 0.75f }));
    }

    [Test]
    public void Steps_that_are_reused_are_weighted_alike_in_other_units()
    {
        var options = Options with { TotalSteps = 2_000, ReusedIterations = 2, EntropyBonus = 0.01 };
        var (plain, scaled) = (Actions(1, options), Actions(1024, options));

        Assert.That(scaled.Select(action => action / 1024), Is.EqualTo(plain).Within(1e-3f), "the logarithms of the densities round differently");
    }

    [Test]
    public void Densities_have_the_units_of_the_action()
    {
        var family = new CensoredGaussianDistribution(ActionSpace.Box([0, -1, float.NegativeInfinity], [200, 1, 3]), 0, rescales: true);
        double[] parameters = [0.5, 0, 1, Math.Log(0.25), 0, 0];
        var mode = new float[3];
        family.Mode(parameters, mode);

        // The first action misses 150 by one deviation of 25.
        Assert.That(family.LogProbability(parameters, [175, 0, 1], []), Is.EqualTo(-0.5 - Math.Log(25) - (1.5 * Math.Log(2 * Math.PI))).Within(1e-12));
        Assert.That(mode, Is.EqualTo(new float[] { 150, 0, 1 }));
        Assert.That(family.EntropyOrigin, Is.EqualTo(Math.Log(100)).Within(1e-12));
        Assert.That(family.Entropy(parameters) - family.EntropyOrigin, Is.EqualTo(new CensoredGaussianDistribution(ActionSpace.Box([-1, -1, float.NegativeInfinity], [1, 1, 3]), 0).Entropy(parameters)).Within(1e-12));
    }

    [Test]
    public void The_family_agrees_with_itself_and_its_graph([Values(0, 1)] int seed)
    {
        var space = ActionSpace.Box([0, -0.001f, float.NegativeInfinity, -5], [200, 0.001f, 3, 1]);

        Assert.That(() => ActionDistributionCheck.Verify(ActionDistribution.For(space, -0.5, rescales: true), space, seed), Throws.Nothing);
    }

    [Test]
    public void The_exported_policy_draws_and_scores_in_the_units_of_the_action()
    {
        var space = ActionSpace.Box([0, -2], [200, 0]);
        var family = ActionDistribution.For(space, -0.5, rescales: true);
        using var policy = new StochasticPolicy(PerceptronModel.Create(4, [8], family.NetworkOutputs, Activation.Tanh, outputGain: 1, new RandomSource(1)), family);
        using var session = PolicySession.Open(policy.Export(Support.Policies.Metadata(space)));
        using var batch = session.CreateBatch(200, ActionSelection.Sample(3));
        var observations = Support.Policies.Observations(200);
        for (var row = 0; row < 200; row++)
            observations[row].CopyTo(batch.Observation(row));
        batch.Run(200);

        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.Managed));
        var parameters = new double[200 * 4];
        policy.Evaluate([.. observations.SelectMany(observation => observation)], parameters);
        for (var row = 0; row < 200; row++)
        {
            double[] action = [.. batch.UnclippedAction(row).ToArray().Select(value => (double)value)];
            Assert.That(batch.LogProbability(row), Is.EqualTo(family.LogProbability(parameters.AsSpan(4 * row, 4), action, [])).Within(1e-4), $"row {row}");
            Assert.That(batch.Action(row)[0], Is.InRange(0, 200));
        }

        Assert.That(Enumerable.Range(0, 200).Average(row => batch.Action(row)[0]), Is.EqualTo(100).Within(15));
    }

    private static double Return(float low, float high, int length, bool isAtBound, TrpoOptions options)
    {
        var ml = new MLContext(seed: 1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new BoundedTarget(low, high, length, isAtBound), count: 4);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
        return ml.ReinforcementLearning.Evaluate(policy, view, episodes: 200, seed: 5).MeanReturn;
    }

    private static float[] Actions(float scale, TrpoOptions options)
    {
        var ml = new MLContext(seed: 1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new BoundedTarget(-scale, scale), count: 4);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
        var actions = new float[100];
        policy.Session.Act([.. Enumerable.Range(0, 100).SelectMany(i => new[] { (i - 50) / 50f, 1 })], actions);
        return actions;
    }
}
