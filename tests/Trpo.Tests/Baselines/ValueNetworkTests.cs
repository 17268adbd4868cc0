using Trpo.Estimators.Baselines;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Randomness;

namespace Trpo.Tests.Baselines;

public sealed class ValueNetworkTests
{
    private const int Rows = 256;

    [TestCase(1, 0)]
    [TestCase(1e-4, 5)]
    [TestCase(1e6, -3e6)]
    public void Learns_targets_of_any_size(double scale, double offset)
    {
        var random = new RandomSource(1);
        float[] observations = [.. Enumerable.Range(0, Rows).Select(_ => (float)random.NextDouble(-1, 1))];
        double[] targets = [.. observations.Select(x => offset + (scale * Math.Sin(3 * x)))];
        using var network = new ValueNetwork(1, [32], new ValueFunctionOptions { Epochs = 60, LearningRate = 0.01 }, random);
        var error = network.Fit(observations, targets);
        var values = new double[Rows];
        network.Predict(observations, values);


        // The same share of the variance is left at every scale, and the error is in the targets' own units.
        var mean = targets.Average();
        var variance = targets.Average(target => (target - mean) * (target - mean));
        var left = values.Zip(targets, (value, target) => (value - target) * (value - target)).Average();
        Assert.That(left / variance, Is.LessThan(0.1));
        Assert.That(error / variance, Is.EqualTo(left / variance).Within(0.02));
    }

    [Test]
    public void Rescaling_the_output_moves_it_by_that_and_nothing_else()
    {
        using var perceptron = new Perceptron(2, [3], 1, outputGain: 1, new RandomSource(1));
        using var inputs = TensorCopy.From([1, 2, -1, 0.5f], 2, 2);
        var before = TensorCopy.ToArray(perceptron.forward(inputs));
        perceptron.RescaleOutput(scale: 2, shift: -3);

        Assert.That(TensorCopy.ToArray(perceptron.forward(inputs)), Is.EqualTo(before.Select(value => (2 * value) - 3)).Within(1e-6f));
    }

    [Test]
    public void The_scale_is_that_of_the_targets_and_old_batches_fade()
    {
        var scale = new TargetScale();
        Assert.That((scale.Mean, scale.Deviation), Is.EqualTo((0.0, 1.0)));
        scale.Add([1, 3]);
        Assert.That((scale.Mean, scale.Deviation), Is.EqualTo((2.0, 1.0)));
        for (var i = 0; i < 500; i++)
            scale.Add([90, 110]);

        Assert.That(scale.Mean, Is.EqualTo(100).Within(1e-6));
        Assert.That(scale.Deviation, Is.EqualTo(10).Within(1e-6));
    }

    [Test]
    public void Targets_that_do_not_vary_leave_the_scale_at_1()
    {
        var scale = new TargetScale();
        scale.Add([7, 7, 7]);

        Assert.That((scale.Mean, scale.Deviation), Is.EqualTo((7.0, 1.0)));
    }
}
