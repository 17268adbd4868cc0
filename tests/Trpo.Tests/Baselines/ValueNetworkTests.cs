using Trpo.Estimators.Baselines;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Randomness;

namespace Trpo.Tests.Baselines;

public sealed class ValueNetworkTests
{
    private const int Rows = 256;

    private static readonly float[] Observations = [.. Enumerable.Range(0, Rows).Select(i => (2f * i / (Rows - 1)) - 1)];

    [TestCase(1, 0)]
    [TestCase(1e-3, 0)]
    [TestCase(1e-3, 5)]
    [TestCase(1e6, 0)]
    [TestCase(1e6, -3e6)]
    public void Learns_targets_of_any_size(double scale, double offset)
    {
        double[] targets = [.. Observations.Select(x => offset + (scale * Math.Sin(3 * x)))];
        using var network = Create(new() { Steps = 5 });
        var errors = Enumerable.Range(0, 10).Select(_ => network.Fit(Observations, targets)).ToList();
        var values = Predict(network);

        // The remaining share of the variance is equal at every scale, and the error is in the units of the targets.
        var mean = targets.Average();
        var variance = targets.Average(target => (target - mean) * (target - mean));
        var left = values.Zip(targets, (value, target) => (value - target) * (value - target)).Average();
        Assert.That(left / variance, Is.LessThan(0.05));
        Assert.That(errors[^1] / variance, Is.EqualTo(left / variance).Within(1e-3));
        Assert.That(errors, Is.Ordered.Descending);
    }

    [Test]
    public void A_change_of_the_scale_changes_no_prediction()
    {
        // With this radius no step is taken, so that a fit only changes the scale.
        using var network = Create(new() { TrustRegion = new() { MaxKl = 1e-300 } });
        double[] targets = [.. Observations.Select(x => 3 + (10 * Math.Sin(3 * x)))];
        network.Fit(Observations, targets);
        var before = Predict(network);
        network.Fit(Observations, [.. targets.Select(target => (50 * target) - 700)]);
        var after = Predict(network);

        Assert.That(before.Max() - before.Min(), Is.GreaterThan(1), "the predictions vary");
        Assert.That(after, Is.EqualTo(before).Within(1e-3));
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(-1e6)]
    public void Targets_that_do_not_vary_are_learned(double constant)
    {
        using var network = Create(new() { Steps = 5 });
        double[] targets = [.. Enumerable.Repeat(constant, Rows)];
        for (var i = 0; i < 10; i++)
            Assert.That(network.Fit(Observations, targets), Is.Not.NaN);

        Assert.That(Predict(network), Is.All.EqualTo(constant).Within(0.1));
    }

    [Test]
    public void Predicts_no_values_for_no_observations()
    {
        using var network = Create(new());

        Assert.That(() => network.Predict([], []), Throws.Nothing);
    }

    [Test]
    public void A_value_function_without_hidden_layers_is_linear_regression()
    {
        using var network = new ValueNetwork(1, [], Activation.Tanh, new() { Steps = 10, TrustRegion = new() { MaxKl = 10, Damping = 0 } }, new RandomSource(1));
        network.Fit(Observations, [.. Observations.Select(x => (4.0 * x) - 2)]);

        Assert.That(Predict(network), Is.EqualTo(Observations.Select(x => (4.0 * x) - 2)).Within(1e-3));
    }

    [Test]
    public void The_scale_follows_the_targets_and_weights_old_batches_less()
    {
        var scale = new TargetScale();
        Assert.That((scale.Mean, scale.Deviation), Is.EqualTo((0.0, 1.0)));
        scale.Add(TargetSums.Of([1, 3]));
        Assert.That((scale.Mean, scale.Deviation), Is.EqualTo((2.0, 1.0)));
        for (var i = 0; i < 500; i++)
            scale.Add(TargetSums.Of([90, 110]));

        Assert.That(scale.Mean, Is.EqualTo(100).Within(1e-6));
        Assert.That(scale.Deviation, Is.EqualTo(10).Within(1e-6));
    }

    [Test]
    public void Targets_that_do_not_vary_leave_the_scale_at_1()
    {
        var scale = new TargetScale();
        scale.Add(TargetSums.Of([7, 7, 7]));

        Assert.That((scale.Mean, scale.Deviation), Is.EqualTo((7.0, 1.0)));
    }

    private static ValueNetwork Create(ValueFunctionOptions options) => new(1, [32], Activation.Tanh, options, new RandomSource(1));

    private static double[] Predict(ValueNetwork network)
    {
        var values = new double[Rows];
        network.Predict(Observations, values);
        return values;
    }
}
