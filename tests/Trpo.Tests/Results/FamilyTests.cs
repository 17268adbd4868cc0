using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments;
using Trpo.Results.Families;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Results;

/// <summary>The families of distributions that are compared with the library's own.</summary>
public sealed class FamilyTests
{
    private static readonly BoxActionSpace[] Boxes =
    [
        ActionSpace.Box([-1], [1]),
        ActionSpace.Box([0, 0], [200, 200]),
        ActionSpace.Box([-1e-3f], [1e-3f]),
        ActionSpace.Box([-3, -1], [40, 1]),
    ];

    [Test]
    public void Every_family_agrees_with_itself_and_with_the_mean_over_samples([Range(0, 3)] int box, [Values("drawn", "censored-divergence", "beta")] string name, [Values(0, 5)] int seed) =>
        Assert.That(() => ActionDistributionCheck.Verify(Family(name, Boxes[box], 0.3), Boxes[box], seed), Throws.Nothing);

    [Test]
    public void The_draws_and_probabilities_of_the_censored_families_are_the_librarys([Range(0, 3)] int box)
    {
        var space = Boxes[box];
        var (own, other, drawn) = (ActionDistribution.For(space, 0.4, rescales: true), Family("censored-divergence", space, 0.4), Family("drawn", space, 0.4));
        var parameters = Parameters(space, 0.8);
        var (ownAction, otherAction, clipped) = (new float[space.Length], new float[space.Length], new float[space.Length]);
        var (ownGradient, otherGradient) = (new double[parameters.Length], new double[parameters.Length]);
        var (ownRandom, otherRandom, beyond) = (new RandomSource(1), new RandomSource(1), 0);
        for (var i = 0; i < 200; i++)
        {
            own.Sample(parameters, ownRandom, ownAction);
            other.Sample(parameters, otherRandom, otherAction);
            space.Clip(ownAction, clipped);
            double[] action = [.. ownAction];
            var expected = own.LogProbability(parameters, action, ownGradient);

            Assert.That(otherAction, Is.EqualTo(ownAction));
            Assert.That(other.LogProbability(parameters, action, otherGradient), Is.EqualTo(expected).Within(1e-9));
            Assert.That(otherGradient, Is.EqualTo(ownGradient).Within(1e-9));
            if (clipped.SequenceEqual(ownAction))
                Assert.That(drawn.LogProbability(parameters, action, []), Is.EqualTo(expected).Within(1e-9));
            else
                beyond++;
        }

        Assert.That(beyond, Is.InRange(20, 199));
        Assert.That(drawn.Entropy(parameters), Is.EqualTo(own.Entropy(parameters)).Within(1e-9), "the entropy of the draws");
        Assert.That((own.EntropyOrigin, other.EntropyOrigin), Is.EqualTo((drawn.EntropyOrigin, drawn.EntropyOrigin)));
    }

    [Test]
    public void The_divergence_of_clipped_actions_vanishes_where_all_draws_are_beyond_a_bound_and_that_of_the_draws_does_not([Values(-1, 1)] int side)
    {
        var (own, drawn) = (Family("censored-divergence", Boxes[0], 0), Family("drawn", Boxes[0], 0));
        double[] before = [9 * side, 0], after = [10 * side, 0];
        var product = new double[2];
        own.FisherProduct(before, [1, 1], product);

        Assert.That(own.KullbackLeibler(before, after), Is.InRange(0, 1e-14));
        Assert.That(product, Is.All.Matches<double>(value => Math.Abs(value) < 1e-10));
        Assert.That(drawn.KullbackLeibler(before, after), Is.EqualTo(0.5).Within(1e-12));
    }

    [TestCase(1, Math.PI * Math.PI / 6)]
    [TestCase(0.5, Math.PI * Math.PI / 2)]
    [TestCase(11.5, 0.09084666127454621)]
    [TestCase(12, 0.0869018728717684)]
    [TestCase(1e6, 1.0000005000001667e-6)]
    public void Trigamma_has_its_known_values(double x, double expected) => Assert.That(Trigamma.Of(x), Is.EqualTo(expected).Within(1e-13 * expected));

    [TestCase(1)]
    [TestCase(7.5)]
    public void Gamma_draws_have_the_mean_and_variance_of_their_shape(double shape)
    {
        const int Count = 200_000;
        var random = new RandomSource(3);
        double[] draws = [.. Enumerable.Range(0, Count).Select(_ => GammaDraw.Next(shape, random))];
        var mean = draws.Average();

        Assert.That(mean, Is.EqualTo(shape).Within(5 * Math.Sqrt(shape / Count)));
        Assert.That(draws.Average(draw => (draw - mean) * (draw - mean)), Is.EqualTo(shape).Within(0.03 * shape));
    }

    [TestCase(0, 0, 1)]
    [TestCase(2, -2, 0.4)]
    public void Beta_acts_by_its_mean(double alpha, double beta, double deviation)
    {
        var family = Family("beta", Boxes[3], 0);
        double[] parameters = [alpha, alpha, beta, beta];
        var (random, action, sum) = (new RandomSource(4), new float[2], 0.0);
        const int Count = 50_000;
        for (var i = 0; i < Count; i++)
        {
            family.Sample(parameters, random, action);
            Assert.That(action[0], Is.InRange(-3, 40));
            sum += action[1];
        }

        family.Mode(parameters, action);
        Assert.That(action[1], Is.EqualTo(sum / Count).Within(5 * deviation / Math.Sqrt(Count)));
        Assert.That(action[0], Is.EqualTo(18.5 + (21.5 * action[1])).Within(1e-4), "the same place between its bounds");
    }

    [Test]
    public void A_family_of_bounds_refuses_a_dimension_without_them() =>
        Assert.That(() => new BetaFamily(ActionSpace.Box([-1, 0], [1, float.PositiveInfinity])), Throws.ArgumentException.With.Message.Contain("dimension 1 are [0, "));

    [Test]
    public void Squashed_draws_reach_the_environment_between_its_bounds()
    {
        var environment = new Received(Boxes[3]);
        var squashed = new SquashedActions(environment);
        var bounds = (BoxActionSpace)squashed.ActionSpace;
        squashed.Step(new EnvironmentAction([0, 0]), new float[1]);
        var middle = environment.Action;
        squashed.Step(new EnvironmentAction([1e9f, -1e9f]), new float[1]);
        var ends = environment.Action;
        squashed.Step(new EnvironmentAction([0, 0.5f]), new float[1]);

        Assert.That((bounds.Length, bounds.IsBounded(0), bounds.IsBounded(1)), Is.EqualTo((2, false, false)));
        Assert.That(middle, Is.EqualTo(new[] { 18.5f, 0 }));
        Assert.That(ends, Is.EqualTo(new[] { 40f, -1 }));
        Assert.That(environment.Action[1], Is.EqualTo(Math.Tanh(0.5)).Within(1e-6));
        Assert.That(squashed.Name, Is.Not.EqualTo(environment.Name), "the settings of the two differ");
    }

    private static IActionDistribution Family(string name, BoxActionSpace space, double deviation) => name switch
    {
        "drawn" => new DrawnGaussian(space, deviation),
        "censored-divergence" => new CensoredDivergence(space, deviation),
        _ => new BetaFamily(space),
    };

    private static double[] Parameters(BoxActionSpace space, double mean) => [.. Enumerable.Repeat(mean, space.Length), .. Enumerable.Repeat(0.2, space.Length)];

    // Keeps the last action.
    private sealed class Received(ActionSpace actions) : IEnvironment
    {
        public string Name => "Received";

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1);

        public ActionSpace ActionSpace { get; } = actions;

        public float[] Action { get; private set; } = [];

        public void Reset(int? seed, Span<float> observation) => observation.Clear();

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            Action = action.Values.ToArray();
            return default;
        }
    }
}
