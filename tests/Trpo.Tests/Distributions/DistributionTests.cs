using Trpo.Estimators.Distributions;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Distributions;

/// <summary>Each family against literal numbers, and against the frequencies of its own samples.</summary>
public sealed class DistributionTests
{
    private const int Samples = 100_000;
    private const double Tolerance = 1e-12;

    private static readonly double LogTwoPi = Math.Log(2 * Math.PI);

    private static readonly CategoricalDistribution Categorical = new(ActionSpace.Discrete(3));
    private static readonly MultiDiscreteDistribution MultiDiscrete = new(ActionSpace.MultiDiscrete([2, 3]));
    private static readonly MultiBinaryDistribution MultiBinary = new(ActionSpace.MultiBinary(2));
    private static readonly CensoredGaussianDistribution Gaussian = new(ActionSpace.Box([-1, -1], [1, 1]), -0.5);
    private static readonly CensoredGaussianDistribution Wide = new(ActionSpace.Box([float.NegativeInfinity, float.NegativeInfinity], [float.PositiveInfinity, float.PositiveInfinity]), -0.5);

    // Probabilities 1/8, 2/8, 5/8; 1/4, 3/4 and then those; 3/4 and 1/2; means 0 and 1, deviations 1 and 2.
    private static readonly double[] Logits = [0, Math.Log(2), Math.Log(5)];
    private static readonly double[] TwoLogits = [0, Math.Log(3), 7, 7 + Math.Log(2), 7 + Math.Log(5)];
    private static readonly double[] Odds = [Math.Log(3), 0];
    private static readonly double[] Normal = [0, 1, 0, Math.Log(2)];

    private static double ChoiceEntropy => (0.125 * Math.Log(8)) + (0.25 * Math.Log(4)) + (0.625 * Math.Log(1.6));

    private static double QuarterEntropy => (0.25 * Math.Log(4)) + (0.75 * Math.Log(4 / 3.0));

    [Test]
    public void Families_have_the_number_of_parameters_that_their_spaces_require()
    {
        Assert.That(TestNetworks.Spaces.Select(space => ActionDistribution.For(space, 0.5).NetworkOutputs), Is.EqualTo(new[] { 3, 5, 2, 2 }));
        Assert.That(TestNetworks.Spaces.Select(space => ActionDistribution.For(space, 0.5).StateIndependentParameters), Is.EqualTo(new double[][] { [], [], [], [0.5, 0.5] }));
    }

    [Test]
    public void Categorical_numbers()
    {
        var gradient = new double[3];
        var product = new double[3];
        Assert.Multiple(() =>
        {
            Assert.That(Categorical.LogProbability(Logits, [2], gradient), Is.EqualTo(Math.Log(0.625)).Within(Tolerance));
            Assert.That(gradient, Is.EqualTo(new[] { -0.125, -0.25, 0.375 }).Within(Tolerance), "1[i = choice] - p[i]");
            Assert.That(Categorical.Entropy(Logits), Is.EqualTo(ChoiceEntropy).Within(Tolerance));
            Assert.That(Categorical.KullbackLeibler(Logits, [3, 3, 3]), Is.EqualTo(Math.Log(3) - ChoiceEntropy).Within(Tolerance));
            Assert.That(Categorical.KullbackLeibler([3, 3, 3], Logits), Is.EqualTo((Math.Log(8 / 3.0) + Math.Log(4 / 3.0) + Math.Log(8 / 15.0)) / 3).Within(Tolerance));

            // The mean of [8, 4, 0] is 1 + 1, and p (v - 2) is [6/8, 2/4, -10/8].
            Categorical.FisherProduct(Logits, [8, 4, 0], product);
            Assert.That(product, Is.EqualTo(new[] { 0.75, 0.5, -1.25 }).Within(Tolerance));
        });
    }

    [Test]
    public void Multi_discrete_numbers()
    {
        var gradient = new double[5];
        var product = new double[5];
        Assert.Multiple(() =>
        {
            Assert.That(MultiDiscrete.LogProbability(TwoLogits, [1, 2], gradient), Is.EqualTo(Math.Log(0.75 * 0.625)).Within(Tolerance));
            Assert.That(gradient, Is.EqualTo(new[] { -0.25, 0.25, -0.125, -0.25, 0.375 }).Within(Tolerance));
            Assert.That(MultiDiscrete.Entropy(TwoLogits), Is.EqualTo(QuarterEntropy + ChoiceEntropy).Within(Tolerance), "summed over the dimensions");
            Assert.That(MultiDiscrete.KullbackLeibler(TwoLogits, new double[5]), Is.EqualTo(Math.Log(2) - QuarterEntropy + Math.Log(3) - ChoiceEntropy).Within(Tolerance));

            MultiDiscrete.FisherProduct(TwoLogits, [4, 0, 8, 4, 0], product);
            Assert.That(product, Is.EqualTo(new[] { 0.75, -0.75, 0.75, 0.5, -1.25 }).Within(Tolerance));
        });
    }

    [Test]
    public void Multi_binary_numbers()
    {
        var gradient = new double[2];
        var product = new double[2];
        Assert.Multiple(() =>
        {
            Assert.That(MultiBinary.LogProbability(Odds, [1, 0], gradient), Is.EqualTo(Math.Log(0.75 * 0.5)).Within(Tolerance));
            Assert.That(gradient, Is.EqualTo(new[] { 0.25, -0.5 }).Within(Tolerance), "a - p");
            Assert.That(MultiBinary.Entropy(Odds), Is.EqualTo(QuarterEntropy + Math.Log(2)).Within(Tolerance));

            // 3/4 log(3/2) + 1/4 log(1/2) for the first; the second does not change.
            Assert.That(MultiBinary.KullbackLeibler(Odds, [0, 0]), Is.EqualTo((0.75 * Math.Log(1.5)) - (0.25 * Math.Log(2))).Within(Tolerance));

            MultiBinary.FisherProduct(Odds, [16, 4], product);
            Assert.That(product, Is.EqualTo(new[] { 3.0, 1 }).Within(Tolerance), "p (1 - p) v");
        });
    }

    [Test]
    public void Gaussian_numbers()
    {
        var gradient = new double[4];
        var product = new double[4];
        Assert.Multiple(() =>
        {
            // The action misses by 1 and 4: by one deviation and by two.
            Assert.That(Wide.LogProbability(Normal, [1, 5], gradient), Is.EqualTo(-0.5 - 2 - Math.Log(2) - LogTwoPi).Within(Tolerance));
            Assert.That(gradient, Is.EqualTo(new[] { 1.0, 1, 0, 3 }).Within(Tolerance), "z / sigma, and z^2 - 1");
            Assert.That(Wide.Entropy(Normal), Is.EqualTo(1 + LogTwoPi + Math.Log(2)).Within(Tolerance));

            // Summed over the dimensions: a half for the shift by one deviation, log 2 + 1/8 - 1/2 for the doubled deviation.
            Assert.That(Wide.KullbackLeibler(Normal, [1, 1, 0, Math.Log(4)]), Is.EqualTo(0.5 + Math.Log(2) + 0.125 - 0.5).Within(Tolerance));

            Wide.FisherProduct(Normal, [1, 4, 3, 5], product);
            Assert.That(product, Is.EqualTo(new[] { 1.0, 1, 6, 10 }).Within(Tolerance), "1 / sigma^2, and 2");
        });
    }

    [Test]
    public void Modes_are_the_most_probable_actions()
    {
        Assert.Multiple(() =>
        {
            Assert.That(Mode(Categorical, Logits), Is.EqualTo(new float[] { 2 }));
            Assert.That(Mode(Categorical, [4, 4, 1]), Is.EqualTo(new float[] { 0 }), "the first of equals");
            Assert.That(Mode(MultiDiscrete, TwoLogits), Is.EqualTo(new float[] { 1, 2 }));
            Assert.That(Mode(MultiBinary, Odds), Is.EqualTo(new float[] { 1, 0 }), "off at even odds");
            Assert.That(Mode(Gaussian, [-0.25, 7, 0, 0]), Is.EqualTo(new[] { -0.25f, 1 }), "within the bounds");
        });
    }

    [Test]
    public void Choices_are_drawn_as_often_as_they_are_probable()
    {
        var single = Draw(Categorical, Logits, 1);
        var several = Draw(MultiDiscrete, TwoLogits, 2);
        var switches = Draw(MultiBinary, Odds, 2);

        Assert.Multiple(() =>
        {
            Assert.That(Frequencies(single, 0, 3), Is.EqualTo(new[] { 0.125, 0.25, 0.625 }).Within(0.007));
            Assert.That(Frequencies(several, 0, 2), Is.EqualTo(new[] { 0.25, 0.75 }).Within(0.007));
            Assert.That(Frequencies(several, 1, 3), Is.EqualTo(new[] { 0.125, 0.25, 0.625 }).Within(0.007));
            Assert.That(Frequencies(switches, 0, 2), Is.EqualTo(new[] { 0.25, 0.75 }).Within(0.007));
            Assert.That(Frequencies(switches, 1, 2), Is.EqualTo(new[] { 0.5, 0.5 }).Within(0.007));

            // Independent: both of two things happen as often as the product says.
            Assert.That(several.Count(action => action[0] == 1 && action[1] == 2) / (double)Samples, Is.EqualTo(0.75 * 0.625).Within(0.007));
            Assert.That(switches.Count(action => action[0] == 1 && action[1] == 1) / (double)Samples, Is.EqualTo(0.375).Within(0.007));
        });
    }

    [Test]
    public void Vectors_are_drawn_with_their_means_and_deviations_and_beyond_their_bounds()
    {
        var actions = Draw(Gaussian, Normal, 2);

        Assert.That(actions.Average(action => action[0]), Is.Zero.Within(0.015));
        Assert.That(actions.Average(action => action[1]), Is.EqualTo(1).Within(0.03));
        Assert.That(actions.Average(action => action[0] * action[0]), Is.EqualTo(1).Within(0.02));
        Assert.That(actions.Average(action => (action[1] - 1) * (action[1] - 1)), Is.EqualTo(4).Within(0.1));
        Assert.That(actions.Average(action => action[0] * (action[1] - 1)), Is.Zero.Within(0.03));
    }

    [Test]
    public void Equal_logits_are_equally_probable_whatever_their_size([Values(0, 1e17, -1e30, 1e300)] double size)
    {
        double[] logits = [size, size, size];
        var gradient = new double[3];
        Assert.That(Categorical.LogProbability(logits, [1], gradient), Is.EqualTo(-Math.Log(3)).Within(1e-12));
        Assert.That(gradient, Is.EqualTo(new[] { -1 / 3.0, 2 / 3.0, -1 / 3.0 }).Within(1e-12));
        Assert.That(Categorical.Entropy(logits), Is.EqualTo(Math.Log(3)).Within(1e-12));
        Assert.That(Categorical.KullbackLeibler(logits, [0, 0, 0]), Is.Zero.Within(1e-12));
    }

    [TestCase(1e3)]
    [TestCase(1e30)]
    [TestCase(float.MaxValue)]
    public void Logits_of_any_size_give_numbers(double size)
    {
        Check(Categorical, [size, -size, 0], [0, 0, size], 0, [0]);
        Check(MultiDiscrete, [-size, size, -size, -size, size], [0, 0, size, 0, 0], 1, [1, 2]);
        Check(MultiBinary, [size, -size], [-size, 1], 1, [1, 0]);

        static void Check(IActionDistribution distribution, double[] parameters, double[] other, int certain, float[] expected)
        {
            var action = new float[expected.Length];
            distribution.Sample(parameters, new RandomSource(1), action);
            double[] taken = [.. action];
            var (gradient, product) = (new double[parameters.Length], new double[parameters.Length]);
            distribution.FisherProduct(parameters, [.. parameters.Select(_ => 1.0)], product);
            Assert.Multiple(() =>
            {
                Assert.That(action, Is.EqualTo(expected), $"choice {certain} is certain");
                Assert.That(distribution.LogProbability(parameters, taken, gradient), Is.Zero);
                Assert.That(gradient, Is.All.Zero);
                Assert.That(product, Is.All.Zero);
                Assert.That(distribution.Entropy(parameters), Is.Zero);
                Assert.That(distribution.KullbackLeibler(parameters, parameters), Is.Zero);
                Assert.That(distribution.KullbackLeibler(parameters, other), Is.GreaterThan(0).And.LessThan(double.PositiveInfinity));
                Assert.That(distribution.KullbackLeibler(other, parameters), Is.GreaterThan(0).And.LessThan(double.PositiveInfinity));
            });
        }
    }

    [TestCase(-20)]
    [TestCase(20)]
    public void Deviations_far_from_1_give_numbers(double logDeviation)
    {
        double[] parameters = [3, -1, logDeviation, logDeviation];
        var gradient = new double[4];

        Assert.That(Wide.LogProbability(parameters, [3, -1], gradient), Is.EqualTo(-LogTwoPi - (2 * logDeviation)).Within(1e-9));
        Assert.That(gradient, Is.EqualTo(new[] { 0.0, 0, -1, -1 }));
        Assert.That(Wide.KullbackLeibler(parameters, parameters), Is.Zero);
        Assert.That(Wide.Entropy(parameters), Is.EqualTo(1 + LogTwoPi + (2 * logDeviation)).Within(1e-9));
    }

    [Test]
    public void NaN_stays_NaN()
    {
        foreach (var (distribution, length) in new (IActionDistribution, int)[] { (Categorical, 3), (MultiDiscrete, 5), (MultiBinary, 2), (Gaussian, 4) })
        {
            double[] parameters = [double.NaN, .. new double[length - 1]];
            Assert.That(distribution.LogProbability(parameters, [0, 0], []), Is.NaN);
            Assert.That(distribution.KullbackLeibler(new double[length], parameters), Is.NaN);
        }
    }

    private static float[] Mode(IActionDistribution distribution, double[] parameters)
    {
        var action = new float[distribution is CategoricalDistribution ? 1 : 2];
        distribution.Mode(parameters, action);
        return action;
    }

    private static float[][] Draw(IActionDistribution distribution, double[] parameters, int length)
    {
        var random = new RandomSource(3);
        var actions = new float[Samples][];
        for (var i = 0; i < Samples; i++)
            distribution.Sample(parameters, random, actions[i] = new float[length]);
        return actions;
    }

    private static double[] Frequencies(float[][] actions, int dimension, int choices) =>
        [.. Enumerable.Range(0, choices).Select(choice => actions.Count(action => action[dimension] == choice) / (double)Samples)];
}
