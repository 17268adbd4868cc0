using CsCheck;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.Networks;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Networks;

/// <summary>The implementations of networks, compared with each other and with finite differences, and the choice of an implementation.</summary>
public sealed class DifferentiableNetworkTests
{
    [Test]
    public void Automatic_differentiation_agrees_with_explicit_products() => PerceptronShape.Any.Sample(
        shape =>
        {
            using var written = new TorchPerceptron(shape.Perceptron(ScalarType.Float64));
            using var automatic = new TorchNetwork(shape.Perceptron(ScalarType.Float64), shape.Outputs);
            var random = new RandomSource(shape.Seed);
            var inputs = shape.Observations(random, shape.Rows);
            var (v, u) = (TestNetworks.Gaussians(random, written.Parameters.Length), TestNetworks.Gaussians(random, shape.Rows * shape.Outputs));
            var (first, second) = (All(written, inputs, v, u), All(automatic, inputs, v, u));
            return first.Zip(second, (one, other) => one.Zip(other, (a, b) => Math.Abs(a - b)).Max() <= 1e-10 * Math.Max(1, one.Max(Math.Abs))).All(close => close);
        },
        iter: 40, threads: 1);

    [Test]
    public void The_product_with_J_agrees_with_finite_differences() => PerceptronShape.Any.Where(shape => shape.Activation != Activation.Relu).Sample(
        shape =>
        {
            const double epsilon = 1e-6;
            using var network = new TorchPerceptron(shape.Perceptron(ScalarType.Float64));
            var random = new RandomSource(shape.Seed);
            var inputs = shape.Observations(random, shape.Rows);
            var v = TestNetworks.Gaussians(random, network.Parameters.Length);
            var parameters = new double[v.Length];
            network.Parameters.CopyTo(parameters);
            var (tangents, above, below) = (new double[shape.Rows * shape.Outputs], new double[shape.Rows * shape.Outputs], new double[shape.Rows * shape.Outputs]);
            network.Linearize(inputs, tangents);
            network.Product(v, tangents);
            network.Assign([.. parameters.Zip(v, (parameter, element) => parameter + (epsilon * element))]);
            network.Evaluate(inputs, above);
            network.Assign([.. parameters.Zip(v, (parameter, element) => parameter - (epsilon * element))]);
            network.Evaluate(inputs, below);
            var difference = Enumerable.Range(0, tangents.Length).Max(i => Math.Abs(tangents[i] - ((above[i] - below[i]) / (2 * epsilon))));
            return difference <= 1e-6 * Math.Max(1, tangents.Max(Math.Abs));
        },
        iter: 30, threads: 1);

    [Test]
    public void Batches_may_shrink_and_grow([Values] Differentiation differentiation)
    {
        using var network = Create(differentiation);
        using var reference = new TorchNetwork(TestNetworks.Perceptron([3, 6, 2], type: ScalarType.Float64), 2);
        foreach (var rows in new[] { 200, 1, 50, 200 })
        {
            var random = new RandomSource((ulong)rows);
            var (inputs, v, u) = (TestNetworks.Singles(random, rows * 3), TestNetworks.Gaussians(random, network.Parameters.Length), TestNetworks.Gaussians(random, rows * 2));
            foreach (var (actual, expected) in All(network, inputs, v, u).Zip(All(reference, inputs, v, u)))
                Assert.That(actual, Is.EqualTo(expected).Within(1e-4));
        }
    }

    [Test]
    public void Blocks_of_a_batch_give_what_their_rows_give_alone([Values(Differentiation.Perceptron, Differentiation.Autograd)] Differentiation differentiation)
    {
        const int inputs = 3, outputs = 2, part = 500;
        using var network = TestNetworks.Differentiate(TestNetworks.Perceptron([inputs, 300, outputs], type: ScalarType.Float64), differentiation);
        using var reference = TestNetworks.Differentiate(TestNetworks.Perceptron([inputs, 300, outputs], type: ScalarType.Float64), differentiation);

        // Two numbers of rows with blocks of other lengths, and the first again in memory that is kept.
        foreach (var parts in new[] { 11, 5, 11 })
        {
            var (random, rows) = (new RandomSource((ulong)parts), parts * part);
            var (observations, v, u) = (TestNetworks.Singles(random, rows * inputs), TestNetworks.Gaussians(random, network.Parameters.Length), TestNetworks.Gaussians(random, rows * outputs));
            var actual = All(network, observations, v, u);
            var expected = Enumerable.Range(0, parts).Select(i => All(reference, observations[(i * part * inputs)..((i + 1) * part * inputs)], v, u[(i * part * outputs)..((i + 1) * part * outputs)])).ToArray();
            for (var i = 0; i < 3; i++)
                Assert.That(actual[i], Is.EqualTo(expected.SelectMany(all => all[i])).Within(1e-11), $"{rows} rows");
            Assert.That(actual[3], Is.EqualTo(Enumerable.Range(0, v.Length).Select(i => expected.Sum(all => all[3][i]))).Within(1e-9), $"{rows} rows");
        }
    }

    [Test]
    public void A_batch_whose_last_block_fails_is_not_linearized()
    {
        var calls = 0;
        using var network = new TorchNetwork(TestModule.Linear(1, 1, output => ++calls == 2 ? output.t() : output), 1);

        Assert.That(() => network.Linearize(new float[3_000], new double[3_000]), Throws.InvalidOperationException.With.Message.Contains("'linear'"));
        Assert.That(() => network.TransposeProduct(new double[3_000], new double[2]), Throws.InvalidOperationException.With.Message.Contains("not linearized"));
    }

    [Test]
    public void Inputs_of_another_width_are_refused()
    {
        using var network = Create(Differentiation.Perceptron);

        Assert.That(() => network.Linearize(new float[8], new double[4]), Throws.ArgumentException.With.Message.Contains("2 rows of 3 inputs"));
    }

    [Test]
    public void Products_use_the_assigned_parameters([Values] Differentiation differentiation)
    {
        using var network = Create(differentiation);
        using var reference = new TorchNetwork(TestNetworks.Perceptron([3, 6, 2], type: ScalarType.Float64), 2);
        var random = new RandomSource(4);
        double[] parameters = [.. TestNetworks.Singles(random, network.Parameters.Length)];
        var (inputs, v, u) = (TestNetworks.Singles(random, 30), TestNetworks.Gaussians(random, parameters.Length), TestNetworks.Gaussians(random, 20));
        All(network, inputs, v, u);
        network.Assign(parameters);
        reference.Assign(parameters);
        var copy = new double[parameters.Length];
        network.Parameters.CopyTo(copy);

        Assert.That(copy, Is.EqualTo(parameters));
        foreach (var (actual, expected) in All(network, inputs, v, u).Zip(All(reference, inputs, v, u)))
            Assert.That(actual, Is.EqualTo(expected).Within(1e-4));
    }

    [Test]
    public void Perceptrons_in_managed_memory_use_kernels_and_modules_use_libtorch()
    {
        using var single = DifferentiableNetwork.For(PerceptronModel.Create(2, [], 2, Activation.Tanh, 1, new RandomSource(1)));
        using var twofold = DifferentiableNetwork.For(TestNetworks.Perceptron([2, 2], type: ScalarType.Float64), 2);
        using var other = DifferentiableNetwork.For(TestModule.Linear(2, 2), 2);

        Assert.That(single, PerceptronKernel.VectorLength > 0 ? Is.TypeOf<ManagedPerceptron>() : Is.TypeOf<TorchPerceptron>());
        Assert.That(twofold, Is.TypeOf<TorchPerceptron>());
        Assert.That(other, Is.TypeOf<TorchNetwork>());
    }

    [Test]
    public void A_module_that_ignores_its_parameters_is_refused_and_named()
    {
        using var network = new TorchNetwork(new TestModule("idle", (_, input) => input * 2, ("unused", ones(3))), 2);

        Assert.That(() => network.Linearize([1, 2], new double[2]), Throws.InvalidOperationException.With.Message.Contains("'idle'").And.Message.Contains("detach"));
    }

    [Test]
    public void Products_need_a_linearization_at_the_present_parameters([Values] Differentiation differentiation)
    {
        using var network = Create(differentiation);
        var (parameters, tangents, gradient) = (new double[network.Parameters.Length], new double[2], new double[network.Parameters.Length]);
        AssertRefused();
        network.Linearize([1, 2, 3], new double[2]);
        network.Product(parameters, tangents);
        network.Assign(parameters);
        AssertRefused();

        void AssertRefused()
        {
            Assert.That(() => network.Product(parameters, tangents), Throws.InvalidOperationException);
            Assert.That(() => network.TransposeProduct(tangents, gradient), Throws.InvalidOperationException);
        }
    }

    [Test]
    public void Lengths_that_are_no_whole_number_of_rows_are_refused([Values] Differentiation differentiation)
    {
        using var network = Create(differentiation);

        Assert.That(() => network.Evaluate([], []), Throws.ArgumentException);
        Assert.That(() => network.Evaluate(new float[3], new double[3]), Throws.ArgumentException);
        Assert.That(() => network.Linearize(new float[7], new double[4]), Throws.ArgumentException);
        Assert.That(() => network.Assign(new double[network.Parameters.Length + 1]), Throws.ArgumentException);
    }

    [Test]
    public void A_module_without_parameters_is_refused()
    {
        using var module = new TestModule("empty", (_, input) => input);

        Assert.That(() => DifferentiableNetwork.For(module, 1), Throws.ArgumentException.With.Message.Contains("no parameter"));
    }

    [Test]
    public void A_frozen_parameter_is_named()
    {
        using var module = TestModule.Linear(2, 2);
        module.Parameters["weight"].requires_grad = false;

        Assert.That(() => DifferentiableNetwork.For(module, 2), Throws.ArgumentException.With.Message.Contains("'weight'"));
    }

    [Test]
    public void A_shape_that_is_wrong_is_named([Values(0, 1, 2, 3)] int wrong)
    {
        Func<Tensor, Tensor>[] spoil = [output => output.sum(1), output => output.narrow(1, 0, 1), output => output.t(), output => output.unsqueeze(0)];
        using var network = new TorchNetwork(TestModule.Linear(3, 2, spoil[wrong]), 2);

        Assert.That(() => network.Evaluate(new float[12], new double[8]), Throws.InvalidOperationException.With.Message.Contains("'linear'").And.Message.Contains("[4, 2]"));
        Assert.That(() => network.Linearize(new float[12], new double[8]), Throws.InvalidOperationException.With.Message.Contains("'linear'"));
        Assert.That(() => network.Product(new double[8], new double[8]), Throws.InvalidOperationException.With.Message.Contains("not linearized"));
    }

    [Test]
    public void Dropout_is_off()
    {
        using var network = new TorchNetwork(new TestModule("dropout", (module, input) => nn.functional.dropout(input * module.Parameters["scale"], 0.5, module.training), ("scale", ones(3))), 3);
        var (first, second) = (new double[12], new double[12]);
        network.Evaluate(TestNetworks.Singles(new RandomSource(1), 12), first);
        network.Evaluate(TestNetworks.Singles(new RandomSource(1), 12), second);

        Assert.That(first, Is.All.Not.Zero);
        Assert.That(second, Is.EqualTo(first));
    }

    private static IDifferentiableNetwork Create(Differentiation differentiation) => TestNetworks.Differentiate(TestNetworks.Perceptron([3, 6, 2]), differentiation);

    private static double[][] All(IDifferentiableNetwork network, float[] inputs, double[] v, double[] u)
    {
        var (evaluated, linearized, tangents, gradient) = (new double[u.Length], new double[u.Length], new double[u.Length], new double[v.Length]);
        network.Evaluate(inputs, evaluated);
        network.Linearize(inputs, linearized);
        network.Product(v, tangents);
        network.TransposeProduct(u, gradient);
        return [evaluated, linearized, tangents, gradient];
    }
}
