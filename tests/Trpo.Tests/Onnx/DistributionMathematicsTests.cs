using Trpo.Estimators.Distributions;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Onnx;

/// <summary>The draws and densities that training and deployment share.</summary>
public sealed class DistributionMathematicsTests
{
    // The formulas of both before they had one home: training's bytes and deployment's draws depend on every bit.
    [Test]
    public void Draws_and_densities_have_the_bits_of_the_formulas_that_training_and_deployment_had()
    {
        var (random, again, parameters) = (new RandomSource(1), new RandomSource(1), new RandomSource(2));
        for (var i = 0; i < 10_000; i++)
        {
            var (mean, logDeviation, z) = (10 * parameters.NextGaussian(), 3 * parameters.NextGaussian(), 4 * parameters.NextGaussian());
            var probability = parameters.NextDouble();
            var sum = parameters.NextGaussian();

            Assert.That(Gaussian.Sample(mean, logDeviation, random), Is.EqualTo(mean + (Math.Exp(logDeviation) * again.NextGaussian())));
            Assert.That(Bernoulli.Sample(probability, random), Is.EqualTo(again.NextDouble() < probability ? 1 : 0));
            Assert.That(sum + Gaussian.LogDensity(z, logDeviation), Is.EqualTo(sum - ((z * z / 2) + logDeviation + (Math.Log(2 * Math.PI) / 2))));
            Assert.That(sum + Gaussian.LogDensity(z, logDeviation), Is.EqualTo(sum - ((0.5 * z * z) + logDeviation + (0.5 * Math.Log(2 * Math.PI)))));
            Assert.That(Gaussian.Entropy(logDeviation), Is.EqualTo(logDeviation + ((1 + Math.Log(2 * Math.PI)) / 2)));
        }
    }

    [TestCase(0.0, 1)]
    [TestCase(0.2, 1)]
    [TestCase(0.25, 3)]
    [TestCase(0.74, 3)]
    [TestCase(0.75, 4)]
    [TestCase(0.999, 4)]
    [TestCase(1.0, 4)]
    public void A_choice_is_drawn_by_the_cumulative_probabilities_and_never_one_of_probability_0(double mass, int expected)
    {
        var draw = new CategoricalDraw(mass);
        foreach (var probability in new[] { 0, 0.25, 0, 0.5, 0.25, 0 })
        {
            if (draw.Next(probability))
                break;
        }

        Assert.That(draw.Choice, Is.EqualTo(expected));
    }

    [Test]
    public void Training_and_deployment_draw_the_same_vectors_and_switches_from_the_same_stream()
    {
        var box = ActionSpace.Box([-1, -1, -1], [1, 1, 1]);
        var switches = ActionSpace.MultiBinary(3);
        float[] means = [0.1f, -2, 30], logDeviations = [0, -1.5f, 2], probabilities = [0.5f, 0.25f, 0.75f];
        double[] logits = [.. probabilities.Select(value => Math.Log(value / (1.0 - value)))];

        Assert.Multiple(() =>
        {
            Assert.That(Deployed(box, means, logDeviations), Is.EqualTo(Trained(box, [.. means, .. logDeviations])));
            Assert.That(Deployed(switches, probabilities, []), Is.EqualTo(Trained(switches, logits)));
        });
    }

    private static float[] Deployed(ActionSpace space, float[] score, float[] logDeviations)
    {
        var action = new float[space.Length];
        ScoredDistribution.For(space).Draw(score, logDeviations, new RandomSource(7), action);
        return action;
    }

    private static float[] Trained(ActionSpace space, double[] parameters)
    {
        var action = new float[space.Length];
        ActionDistribution.For(space, initialLogStandardDeviation: 0).Sample(parameters, new RandomSource(7), action);
        return action;
    }
}
