using Trpo.Estimators.Distributions;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Distributions;

/// <summary>Normal distributions whose draws are clipped to bounds: the probability of a bound, and what follows from it.</summary>
public sealed class CensoredGaussianTests
{
    private static readonly CensoredGaussianDistribution Unit = new(ActionSpace.Box([-1], [1]), 0);

    // By the continued fraction of the Mills ratio with 50 digits, and by erfc of another library.
    [TestCase(-1000, -500007.82669481218430, 1000.0009999980000)]
    [TestCase(-40, -804.60844201375378817, 40.024968847207263724)]
    [TestCase(-10, -53.231285150512470578, 10.098093233962511963)]
    [TestCase(-5, -15.064998393988725736, 5.1865039671258421156)]
    [TestCase(-1, -1.8410216450092634, 1.525135276160981)]
    [TestCase(-0.5, -1.1759117615936188, 1.1410777703680648)]
    [TestCase(0, -0.6931471805599453, 0.7978845608028654)]
    [TestCase(0.3, -0.4814101615884813, 0.6172208536127346)]
    [TestCase(1, -0.1727537790234499, 0.2875999709391784)]
    [TestCase(3, -0.0013508099647482027, 0.004437839042125664)]
    [TestCase(9, -1.1285884059538406e-19, 1.0279773571668917e-18)]
    [TestCase(double.PositiveInfinity, 0, 0)]
    public void Cumulative_probabilities_and_their_slopes(double z, double logarithm, double slope)
    {
        Assert.That(Gaussian.LogCumulative(z), Is.EqualTo(logarithm).Within(1e-13 * Math.Abs(logarithm)));
        Assert.That(Gaussian.LogCumulativeSlope(z), Is.EqualTo(slope).Within(1e-13 * slope));
    }

    [TestCase(-1e9, -5e17)]
    [TestCase(-1e150, -5e299)]
    public void Tails_of_any_length_have_a_probability(double z, double logarithm)
    {
        Assert.That(Gaussian.LogCumulative(z), Is.EqualTo(logarithm).Within(1e-12 * Math.Abs(logarithm)));
        Assert.That(Gaussian.LogCumulativeSlope(z), Is.EqualTo(-z).Within(1e-12 * Math.Abs(z)));
    }

    [Test]
    public void The_slope_is_the_derivative([Range(-9.0, 6.0, 0.37)] double z)
    {
        var difference = (Gaussian.LogCumulative(z + 1e-5) - Gaussian.LogCumulative(z - 1e-5)) / 2e-5;

        Assert.That(Gaussian.LogCumulativeSlope(z), Is.EqualTo(difference).Within(1e-8 * (1 + Math.Abs(z))));
    }

    [Test]
    public void A_bound_has_the_probability_of_all_draws_beyond_it()
    {
        var gradient = new double[2];

        // A deviation of 2 around 0.5: the bounds are 3/4 and 1/4 of a deviation away.
        double[] parameters = [0.5, Math.Log(2)];
        var (low, high) = (Unit.LogProbability(parameters, [-1], []), Unit.LogProbability(parameters, [1], gradient));
        var within = Integral(x => Math.Exp(Unit.LogProbability(parameters, [x], [])), -1, 1);

        Assert.That(Math.Exp(low), Is.EqualTo(0.22662735237686821).Within(1e-14), "Phi(-3/4)");
        Assert.That(Math.Exp(high), Is.EqualTo(0.40129367431707629).Within(1e-14), "Phi(-1/4)");
        Assert.That(Math.Exp(low) + within + Math.Exp(high), Is.EqualTo(1).Within(1e-8));
        Assert.That(Unit.LogProbability(parameters, [-7], []), Is.EqualTo(low), "all draws beyond it are one action");
        Assert.That(gradient, Is.EqualTo(new[] { 0.96358 / 2, 0.96358 / 4 }).Within(1e-4), "phi / Phi = .38667 / .40129; times 1 / sigma, and times 1/4");
    }

    [Test]
    public void The_gradient_is_the_mean_of_that_of_the_draws_that_give_the_same_action([Values(-1, 1)] int side)
    {
        var draws = new CensoredGaussianDistribution(ActionSpace.Box([float.NegativeInfinity], [float.PositiveInfinity]), 0);
        double[] parameters = [0.3, -0.4];
        var random = new RandomSource(5);
        var (gradient, of, sum, squares, count) = (new double[2], new double[2], new double[2], new double[2], 0);
        Unit.LogProbability(parameters, [side], gradient);
        for (var i = 0; i < 400_000; i++)
        {
            var draw = Gaussian.Sample(parameters[0], parameters[1], random);
            if (side * draw < 1)
                continue;
            draws.LogProbability(parameters, [draw], of);
            count++;
            for (var j = 0; j < 2; j++)
                (sum[j], squares[j]) = (sum[j] + of[j], squares[j] + (of[j] * of[j]));
        }

        for (var j = 0; j < 2; j++)
        {
            var mean = sum[j] / count;
            Assert.That(gradient[j], Is.EqualTo(mean).Within(4 * Math.Sqrt(((squares[j] / count) - (mean * mean)) / count)));
        }
    }

    [TestCase(float.NegativeInfinity, 1)]
    [TestCase(-1, float.PositiveInfinity)]
    [TestCase(float.NegativeInfinity, float.PositiveInfinity)]
    [TestCase(-float.MaxValue, float.MaxValue)]
    public void Boxes_without_bounds_agree_with_themselves(float low, float high)
    {
        var space = ActionSpace.Box([low, -1], [high, 1]);

        Assert.That(() => ActionDistributionCheck.Verify(ActionDistribution.For(space, 0.3, rescales: true), space), Throws.Nothing);
    }

    [Test]
    public void The_divergence_is_that_of_the_draws_and_at_least_that_of_the_actions()
    {
        double[] before = [3, 0], after = [4, 0];
        var random = new RandomSource(2);
        var (sum, action) = (0.0, new float[1]);
        for (var i = 0; i < 100_000; i++)
        {
            Unit.Sample(before, random, action);
            sum += Unit.LogProbability(before, [action[0]], []) - Unit.LogProbability(after, [action[0]], []);
        }

        Assert.That(Unit.KullbackLeibler(before, after), Is.EqualTo(0.5).Within(1e-12));
        Assert.That(sum / 100_000, Is.InRange(0, 0.1), "nearly all actions are the high bound");
        Assert.That(Unit.DivergesAsDrawn);
    }

    [TestCase(0, 200)]
    [TestCase(-1e-9f, 1e-9f)]
    [TestCase(-3, 40)]
    public void Log_probabilities_and_entropies_have_the_units_of_the_action(float low, float high)
    {
        var family = new CensoredGaussianDistribution(ActionSpace.Box([low], [high]), 0, rescales: true);
        double[] parameters = [0.4, 0.2];
        var shift = Math.Log(((double)high - low) / 2);

        Assert.That(family.EntropyOrigin, Is.EqualTo(shift).Within(1e-12));
        Assert.That(family.Entropy(parameters) - family.EntropyOrigin, Is.EqualTo(Unit.Entropy(parameters)).Within(1e-12));
        Assert.That(family.LogProbability(parameters, [low], []) + shift, Is.EqualTo(Unit.LogProbability(parameters, [-1], [])).Within(1e-12));
        Assert.That(family.LogProbability(parameters, [high], []) + shift, Is.EqualTo(Unit.LogProbability(parameters, [1], [])).Within(1e-12));
        Assert.That(family.LogProbability(parameters, [((double)low + high) / 2], []) + shift, Is.EqualTo(Unit.LogProbability(parameters, [0], [])).Within(1e-12));
    }

    [TestCase(0.5, 0.7)]
    [TestCase(3, -0.5)]
    [TestCase(-1, -3)]
    public void The_entropy_is_that_of_the_draws_and_the_mean_over_actions_is_the_same(double mean, double logDeviation)
    {
        double[] parameters = [mean, logDeviation];
        double Term(double action) => Math.Exp(Unit.LogProbability(parameters, [action], [])) * Unit.DrawLogProbability(parameters, [action]);

        Assert.That(Unit.Entropy(parameters), Is.EqualTo(logDeviation + ((1 + Math.Log(2 * Math.PI)) / 2)).Within(1e-12));
        Assert.That(-(Term(-1) + Integral(Term, -1, 1) + Term(1)), Is.EqualTo(Unit.Entropy(parameters)).Within(1e-6));
    }

    [TestCase(1e9, 0)]
    [TestCase(-1e9, -20)]
    [TestCase(0, 50)]
    [TestCase(1, -300)]
    public void Log_probabilities_of_draws_are_numbers_for_any_parameters(double mean, double logDeviation)
    {
        foreach (var action in new double[] { -1, 0, 1 })
            Assert.That(Unit.DrawLogProbability([mean, logDeviation], [action]), Is.InRange(double.MinValue, 400), $"{action}");
    }

    private static double Integral(Func<double, double> function, double from, double to)
    {
        const int Steps = 20_000;
        var width = (to - from) / Steps;
        return width * Enumerable.Range(0, Steps).Sum(i => function(from + ((i + 0.5) * width)));
    }
}
