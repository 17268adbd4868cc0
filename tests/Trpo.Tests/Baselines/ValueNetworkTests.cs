using Trpo.Estimators.Baselines;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Networks;
using Trpo.Runtime.Randomness;

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
        // The second fit only begins: it changes the scale and takes no step.
        using var network = Create(new());
        double[] targets = [.. Observations.Select(x => 3 + (10 * Math.Sin(3 * x)))];
        network.Fit(Observations, targets);
        var before = Predict(network);
        double[] others = [.. targets.Select(target => (50 * target) - 700)];
        network.BeginFit(Moments.Of(others), rounding: 0, Observations, others);
        var after = Predict(network);

        Assert.That(before.Max() - before.Min(), Is.GreaterThan(1), "the predictions vary");
        Assert.That(after, Is.EqualTo(before).Within(1e-3));
    }

    [Test]
    public void Predicts_zeros_before_the_first_fit()
    {
        using var network = Create(new());

        Assert.That(Predict(network), Is.All.Zero);
    }

    [TestCase(0)]
    [TestCase(7)]
    [TestCase(0.1)]
    [TestCase(-1e6)]
    public void Targets_that_do_not_vary_are_predicted_exactly(double constant)
    {
        using var network = Create(new() { Steps = 5 });
        for (var i = 0; i < 3; i++)
        {
            Assert.That(network.Fit(Observations, [.. Enumerable.Repeat(constant + i, Rows)]), Is.Zero);
            Assert.That(Predict(network), Is.All.EqualTo(constant + i));
        }
    }

    [Test]
    public void Targets_that_begin_to_vary_are_learned_as_if_they_were_the_first()
    {
        using var one = Create(new());
        using var other = Create(new());
        double[] targets = [.. Observations.Select(x => Math.Sin(3 * x))];
        one.Fit(Observations, [.. Enumerable.Repeat(1e6, Rows)]);
        one.Fit(Observations, targets);
        other.Fit(Observations, targets);

        Assert.That(Predict(one), Is.EqualTo(Predict(other)));
    }

    [Test]
    public void Targets_that_cease_to_vary_are_still_learned()
    {
        // The deviation falls by 2.5 % in each fit, to the rounding of the mean.
        using var network = Create(new());
        network.Fit(Observations, [.. Observations.Select(x => (double)x)]);
        for (var i = 0; i < 1_200; i++)
            network.Fit(Observations, [.. Enumerable.Repeat(3.0, Rows)]);

        Assert.That(Predict(network), Is.All.EqualTo(3).Within(1e-8));
    }

    [TestCase(-60)]
    [TestCase(60)]
    public void Targets_times_a_power_of_two_give_values_times_that_power_bit_for_bit(int exponent)
    {
        using var one = Create(new());
        using var other = Create(new());
        foreach (var size in (double[])[1, 3, 0.1])
        {
            double[] targets = [.. Observations.Select(x => size * (2 + Math.Sin(3 * x)))];
            one.Fit(Observations, targets);
            other.Fit(Observations, [.. targets.Select(target => Math.ScaleB(target, exponent))]);
        }

        Assert.That(Predict(other), Is.EqualTo(Predict(one).Select(value => Math.ScaleB(value, exponent))));
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
        Assert.That((scale.Mean, scale.Deviation), Is.EqualTo((0.0, 0.0)));
        scale.Add(Moments.Of([1, 3]), rounding: 0);
        Assert.That((scale.Mean, scale.Deviation), Is.EqualTo((2.0, 1.0)));
        scale.Add(Moments.Of([5, 7]), rounding: 0);
        Assert.That(scale.Mean, Is.EqualTo(4).Within(1e-12));
        Assert.That(scale.Deviation, Is.EqualTo(Math.Sqrt(5)).Within(1e-12), "that of 1, 3, 5 and 7");
        for (var i = 0; i < 500; i++)
            scale.Add(Moments.Of([90, 110]), rounding: 0);

        Assert.That(scale.Mean, Is.EqualTo(100).Within(1e-6));
        Assert.That(scale.Deviation, Is.EqualTo(10).Within(1e-6));
    }

    [Test]
    public void Targets_that_differ_by_their_rounding_do_not_vary()
    {
        var scale = new TargetScale();
        scale.Add(Moments.Of([7, 7 + 1e-15, 7]), rounding: 1e-14);

        Assert.That(scale.Mean, Is.EqualTo(7).Within(1e-14));
        Assert.That(scale.Deviation, Is.Zero);
    }

    private static ValueNetwork Create(ValueFunctionOptions options) => new(1, [32], Activation.Tanh, options, new RandomSource(1));

    private static double[] Predict(ValueNetwork network)
    {
        var values = new double[Rows];
        network.Predict(Observations, values);
        return values;
    }
}
