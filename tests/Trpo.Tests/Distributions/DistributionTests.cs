using Trpo.Estimators.Distributions;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Randomness;
using Trpo.Onnx.Spaces;
using static TorchSharp.torch;

namespace Trpo.Tests.Distributions;

/// <summary>Each family against literal numbers and, as its author validated TRPO, against Monte Carlo estimates from its own samples.</summary>
public sealed class DistributionTests
{
    private const int Samples = 200_000;

    private static readonly CategoricalDistribution Categorical = new(ActionSpace.Discrete(3));
    private static readonly DiagonalGaussianDistribution Gaussian = new(ActionSpace.Box([-1, -1], [1, 1]), 0);

    // Two members of each family; the Gaussian's are two means and two logarithms of deviations.
    private static readonly object[] Families =
    [
        new object[] { Categorical, new[] { 0.5f, -1f, 2f }, new[] { 0f, 0.5f, 1f } },
        new object[] { Gaussian, new[] { 0.5f, -1f, -0.7f, 0.3f }, new[] { 0f, -0.5f, -0.2f, 0f } },
    ];

    [Test]
    public void Categorical_numbers()
    {
        // Logits log 1, log 2, log 5 mean the probabilities 1/8, 2/8, 5/8.
        using var parameters = Row(0, (float)Math.Log(2), (float)Math.Log(5));
        using var uniform = Row(3, 3, 3);
        var entropy = -((0.125 * Math.Log(0.125)) + (0.25 * Math.Log(0.25)) + (0.625 * Math.Log(0.625)));

        Assert.Multiple(() =>
        {
            Assert.That(Number(Categorical.LogProbability(parameters, Row(2))), Is.EqualTo(Math.Log(0.625)).Within(1e-6));
            Assert.That(Number(Categorical.Entropy(parameters)), Is.EqualTo(entropy).Within(1e-6));
            Assert.That(Number(Categorical.KullbackLeibler(parameters, uniform)), Is.EqualTo(Math.Log(3) - entropy).Within(1e-6));
            Assert.That(Number(Categorical.KullbackLeibler(uniform, parameters)), Is.EqualTo((Math.Log(8 / 3.0) + Math.Log(4 / 3.0) + Math.Log(8 / 15.0)) / 3).Within(1e-6));
        });
    }

    [Test]
    public void Gaussian_numbers()
    {
        // Means 0 and 1, deviations 1 and 2; the action misses by 1 and 4.
        using var old = Row(0, 1, 0, (float)Math.Log(2));
        using var shifted = Row(1, 1, 0, (float)Math.Log(4));
        var halfLog = Math.Log(2 * Math.PI) / 2;

        Assert.Multiple(() =>
        {
            Assert.That(Number(Gaussian.LogProbability(old, Row(1, 5))), Is.EqualTo(-0.5 - 2 - Math.Log(2) - (2 * halfLog)).Within(1e-6));
            Assert.That(Number(Gaussian.Entropy(old)), Is.EqualTo(1 + (2 * halfLog) + Math.Log(2)).Within(1e-6));

            // Summed over the dimensions: a half for the shift by one deviation, log 2 + 1/8 - 1/2 for the doubled deviation.
            Assert.That(Number(Gaussian.KullbackLeibler(old, shifted)), Is.EqualTo(0.5 + Math.Log(2) + 0.125 - 0.5).Within(1e-6));
        });
    }

    [TestCaseSource(nameof(Families))]
    public void Entropy_is_the_mean_of_minus_log_probability(object family, float[] parameters, float[] _)
    {
        var distribution = (IActionDistribution)family;
        using var scope = NewDisposeScope();
        var row = Row(parameters);
        var surprise = distribution.LogProbability(row.expand(Samples, -1), Draw(distribution, parameters)).neg();

        AssertWithinStandardErrors(surprise, Number(distribution.Entropy(row)));
    }

    [TestCaseSource(nameof(Families))]
    public void Divergence_is_the_mean_of_the_log_ratio_under_the_old_member(object family, float[] old, float[] other)
    {
        var distribution = (IActionDistribution)family;
        using var scope = NewDisposeScope();
        var actions = Draw(distribution, old);
        var logRatio = distribution.LogProbability(Row(old).expand(Samples, -1), actions) - distribution.LogProbability(Row(other).expand(Samples, -1), actions);

        AssertWithinStandardErrors(logRatio, Number(distribution.KullbackLeibler(Row(old), Row(other))));
    }

    [TestCaseSource(nameof(Families))]
    public void Divergence_from_itself_is_zero(object family, float[] parameters, float[] _)
    {
        var distribution = (IActionDistribution)family;

        Assert.That(Number(distribution.KullbackLeibler(Row(parameters), Row(parameters))), Is.Zero.Within(1e-7));
    }

    [Test]
    public void Choices_are_drawn_as_often_as_they_are_probable()
    {
        float[] logits = [0, (float)Math.Log(2), (float)Math.Log(5)];
        var counts = new int[3];
        foreach (var choice in Draw(logits))
            counts[(int)choice]++;

        Assert.That(counts.Select(count => count / (double)Samples), Is.EqualTo(new[] { 0.125, 0.25, 0.625 }).Within(0.005));
    }

    [Test]
    public void Choices_are_drawn_from_logits_of_any_size()
    {
        float[] action = [0];
        Categorical.Sample([1e30f, -1e30f, 0], new RandomSource(1), action);

        Assert.That(action[0], Is.Zero);
    }

    private static IEnumerable<float> Draw(float[] logits)
    {
        var random = new RandomSource(3);
        var action = new float[1];
        for (var i = 0; i < Samples; i++)
        {
            Categorical.Sample(logits, random, action);
            yield return action[0];
        }
    }

    private static Tensor Draw(IActionDistribution distribution, float[] parameters)
    {
        var random = new RandomSource(3);
        var length = distribution is CategoricalDistribution ? 1 : 2;
        var actions = new float[Samples * length];
        for (var i = 0; i < Samples; i++)
            distribution.Sample(parameters, random, actions.AsSpan(i * length, length));
        return TensorCopy.From(actions, Samples, length);
    }

    // Four standard errors: under a fixed seed this passes or fails for good.
    private static void AssertWithinStandardErrors(Tensor samples, double expected)
    {
        var values = TensorCopy.ToArray(samples);
        var mean = values.Average();
        var deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        Assert.That(mean, Is.EqualTo(expected).Within(4 * deviation / Math.Sqrt(values.Length)));
    }

    private static Tensor Row(params float[] values) => TensorCopy.From(values, 1, values.Length);

    private static double Number(Tensor tensor) => TensorCopy.ToArray(tensor).Single();
}
