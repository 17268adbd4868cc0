using CsCheck;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.Networks;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Kernels;

/// <summary>A kernel that keeps activations of an earlier batch, against one that computes them anew: their results must have the same bits.</summary>
[TestFixture(16)]
[TestFixture(8)]
[TestFixture(4)]
public sealed class KeptActivationsTests(int vectorLength)
{
    [SetUp]
    public void Require() => TestNetworks.Require(vectorLength);

    [Test]
    public void Products_of_some_rows_are_those_of_a_batch_of_these_rows() => PerceptronShape.Any.Sample(
        shape =>
        {
            var random = new RandomSource(shape.Seed);
            var (parameters, inputs) = (Parameters(shape), shape.Observations(random, shape.Rows));
            int[] rows = [.. Enumerable.Range(0, shape.Rows).Where(row => row == shape.Rows / 2 || random.NextInt(3) == 0)];
            float[] some = [.. rows.SelectMany(row => inputs.AsSpan(row * shape.Inputs, shape.Inputs).ToArray())];
            var (kept, fresh) = (Kernel(shape, parameters), Kernel(shape, parameters));

            // The batch that stays behind the kept rows must not matter.
            kept.Linearize(inputs, new double[shape.Rows * shape.Outputs]);
            Assert.That(kept.TryRestrict(rows));
            fresh.Linearize(some, new double[rows.Length * shape.Outputs]);

            AssertSameProducts(kept, fresh, shape, rows.Length, parameters.Length, random);
        },
        iter: 60, threads: 1);

    [Test]
    public void A_batch_is_computed_again_where_anything_but_the_last_layer_changed() => PerceptronShape.Any.Sample(
        shape =>
        {
            var random = new RandomSource(shape.Seed);
            var (parameters, inputs) = (Parameters(shape), shape.Observations(random, shape.Rows));
            var others = inputs.ToArray();
            others[^1] += 0.5f;
            var last = (shape.Widths[^2] + 1) * shape.Outputs;
            var (withOtherEnd, withOtherStart) = (parameters.ToArray(), parameters.ToArray());
            withOtherEnd[^last] += 0.25;
            withOtherStart[0] += 0.25;
            var kept = Kernel(shape, parameters);

            foreach (var (values, batch) in new[] { (parameters, inputs), (withOtherEnd, inputs), (withOtherEnd, others), (withOtherStart, others), (withOtherStart, others), (parameters, inputs[..shape.Inputs]), (withOtherEnd, inputs) })
            {
                var rows = batch.Length / shape.Inputs;
                var (outputs, expected) = (new double[rows * shape.Outputs], new double[rows * shape.Outputs]);
                kept.Assign(values);
                kept.Evaluate(inputs.AsSpan(0, shape.Inputs), new double[shape.Outputs]);
                kept.Linearize(batch, outputs);
                var fresh = Kernel(shape, values);
                fresh.Linearize(batch, expected);

                Assert.That(outputs, Is.EqualTo(expected));
                AssertSameProducts(kept, fresh, shape, rows, parameters.Length, random);
            }
        },
        iter: 40, threads: 1);

    [Test]
    public void A_batch_is_computed_again_after_a_part_of_it_was_kept()
    {
        var shape = new PerceptronShape([3, 20, 20, 2], 9, Activation.Silu, 1);
        var (parameters, inputs) = (Parameters(shape), shape.Observations(new RandomSource(2), 9));
        var (kept, fresh) = (Kernel(shape, parameters), Kernel(shape, parameters));
        var (outputs, expected) = (new double[18], new double[18]);
        kept.Linearize(inputs, outputs);
        Assert.That(kept.TryRestrict([0, 4, 8]));

        kept.Linearize(inputs, outputs);
        fresh.Linearize(inputs, expected);

        Assert.That(outputs, Is.EqualTo(expected));
        AssertSameProducts(kept, fresh, shape, 9, parameters.Length, new RandomSource(3));
    }

    [Test]
    public void Rows_cannot_be_kept_of_a_batch_at_other_parameters()
    {
        var shape = new PerceptronShape([3, 4, 1], 2, Activation.Tanh, 1);
        var kernel = Kernel(shape, Parameters(shape));
        kernel.Linearize(new float[6], new double[2]);
        kernel.Assign(Parameters(shape));

        Assert.That(kernel.TryRestrict([0]), Is.False);
        Assert.That(() => kernel.Product(new double[21], new double[1]), Throws.InvalidOperationException.With.Message.Contains("Linearize"));
    }

    // The widths are those of whole register tiles, of some and of none.
    [Test]
    public void Products_of_wide_layers_agree_with_libtorch([Values(63, 64, 65, 96, 112, 128, 200)] int width)
    {
        var shape = new PerceptronShape([width, width, 5], 70, Activation.Tanh, 1);
        using var perceptron = shape.Perceptron(TorchSharp.torch.ScalarType.Float64);
        using var reference = new TorchPerceptron(perceptron);
        var parameters = Parameters(shape);
        var kernel = Kernel(shape, parameters);
        var random = new RandomSource(4);
        var inputs = shape.Observations(random, 70);
        var (v, u) = (TestNetworks.Gaussians(random, parameters.Length), TestNetworks.Gaussians(random, 350));
        var (outputs, tangents, gradient) = (new double[350], new double[350], new double[parameters.Length]);
        var (expectedOutputs, expectedTangents, expectedGradient) = (new double[350], new double[350], new double[parameters.Length]);
        kernel.Linearize(inputs, outputs);
        kernel.Product(v, tangents);
        kernel.TransposeProduct(u, gradient);
        reference.Linearize(inputs, expectedOutputs);
        reference.Product(v, expectedTangents);
        reference.TransposeProduct(u, expectedGradient);

        Assert.Multiple(() =>
        {
            Assert.That(outputs, Is.EqualTo(expectedOutputs).Within(1e-4));
            Assert.That(tangents, Is.EqualTo(expectedTangents).Within(1e-4 * expectedTangents.Max(Math.Abs)));
            Assert.That(gradient, Is.EqualTo(expectedGradient).Within(1e-4 * expectedGradient.Max(Math.Abs)));
        });
    }

    private static void AssertSameProducts(IPerceptronKernel kept, IPerceptronKernel fresh, PerceptronShape shape, int rows, int length, RandomSource random)
    {
        var (v, u) = (TestNetworks.Gaussians(random, length), TestNetworks.Gaussians(random, rows * shape.Outputs));
        var (tangents, gradient, expectedTangents, expectedGradient) = (new double[u.Length], new double[length], new double[u.Length], new double[length]);
        kept.Product(v, tangents);
        kept.TransposeProduct(u, gradient);
        fresh.Product(v, expectedTangents);
        fresh.TransposeProduct(u, expectedGradient);
        Assert.That(tangents, Is.EqualTo(expectedTangents));
        Assert.That(gradient, Is.EqualTo(expectedGradient));
    }

    private IPerceptronKernel Kernel(PerceptronShape shape, double[] parameters)
    {
        var kernel = PerceptronKernel.Create(shape.Widths, shape.Activation.ToKernel(), vectorLength)!;
        kernel.Assign(parameters);
        return kernel;
    }

    private static double[] Parameters(PerceptronShape shape)
    {
        using var perceptron = shape.Perceptron(TorchSharp.torch.ScalarType.Float32);
        var parameters = new Trpo.Estimators.Optimization.FlatParameters(perceptron);
        var values = new double[parameters.Length];
        parameters.CopyTo(values);
        return values;
    }
}
