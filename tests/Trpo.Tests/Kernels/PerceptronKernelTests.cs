using CsCheck;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.Networks;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;
using static TorchSharp.torch;

namespace Trpo.Tests.Kernels;

/// <summary>The kernels of all vector lengths against libtorch in float64, on perceptrons of random shapes.</summary>
[TestFixture(16)]
[TestFixture(8)]
[TestFixture(4)]
public sealed class PerceptronKernelTests(int vectorLength)
{
    private const double Tolerance = 1e-4;

    [SetUp]
    public void Require() => TestNetworks.Require(vectorLength);

    [Test]
    public void Results_agree_with_libtorch_on_random_shapes() => PerceptronShape.Any.Sample(
        shape =>
        {
            using var problem = new Problem(shape, vectorLength);
            problem.AssertAgrees(shape.Rows, shape.Seed);
        },
        iter: 60, threads: 1);

    [Test]
    public void Products_with_J_and_its_transpose_are_adjoint() => PerceptronShape.Any.Sample(
        shape =>
        {
            using var problem = new Problem(shape, vectorLength);
            var random = new RandomSource(shape.Seed);
            var (v, u) = (TestNetworks.Gaussians(random, problem.Length), TestNetworks.Gaussians(random, shape.Rows * shape.Outputs));
            var (tangents, gradient) = (new double[u.Length], new double[v.Length]);
            problem.Kernel.Linearize(TestNetworks.Singles(random, shape.Rows * shape.Inputs), new double[u.Length]);
            problem.Kernel.Product(v, tangents);
            problem.Kernel.TransposeProduct(u, gradient);
            var scale = Math.Sqrt(TestNetworks.Dot(u, u) * TestNetworks.Dot(tangents, tangents));
            return Math.Abs(TestNetworks.Dot(u, tangents) - TestNetworks.Dot(gradient, v)) <= 1e-5 * scale;
        },
        iter: 60, threads: 1);

    [Test]
    public void Batches_may_shrink_and_grow([Values] Activation activation)
    {
        using var problem = new Problem(new PerceptronShape([7, 33, 18, 5], 300, activation, 3), vectorLength);
        foreach (var (rows, seed) in new (int, ulong)[] { (300, 1), (1, 2), (130, 3), (300, 4), (129, 5), (700, 6), (2, 7) })
            problem.AssertAgrees(rows, seed);
    }

    [Test]
    public void NaN_stays_in_its_row_also_after_narrow_layers([Values] Activation activation, [Values(1, 2, 3, 4)] int width)
    {
        using var problem = new Problem(new PerceptronShape([2, 40, width, width, width, 2], 6, activation, 1), vectorLength);
        var inputs = TestNetworks.Singles(new RandomSource(1), 12);
        var (good, outputs) = (new double[12], new double[12]);
        problem.Kernel.Evaluate(inputs, good);
        problem.Kernel.Linearize(inputs, outputs);
        problem.Kernel.TransposeProduct([double.MaxValue, .. new double[11]], new double[problem.Length]);
        problem.Kernel.Evaluate(inputs, outputs);
        Assert.That(outputs, Is.EqualTo(good), "after a cotangent beyond float32");

        problem.Kernel.Evaluate([float.NaN, .. inputs.Skip(1)], outputs);
        Assert.That(outputs.Skip(2), Is.EqualTo(good.Skip(2)));
        problem.Kernel.Linearize(inputs, outputs);
        problem.Kernel.Product(new double[problem.Length], outputs);
        Assert.That(outputs, Is.All.Zero);
    }

    [Test]
    public void A_batch_that_exceeds_the_maximum_array_length_is_refused()
    {
        const int rows = 131_072;
        var kernel = PerceptronKernel.Create([1, 16_384, 1], KernelActivation.Tanh, vectorLength)!;

        Assert.That(() => kernel.Linearize(new float[rows], new double[rows]), Throws.InvalidOperationException.With.Message.Contains("smaller"));
        Assert.That(() => kernel.Product(new double[(3 * 16_384) + 1], new double[rows]), Throws.InvalidOperationException);
    }

    [Test]
    public void NaN_in_inputs_and_parameters_reaches_the_results_and_is_gone_after_the_next_call([Values] Activation activation)
    {
        using var problem = new Problem(new PerceptronShape([3, 9, 17, 2], 6, activation, 1), vectorLength);
        var inputs = TestNetworks.Singles(new RandomSource(1), 18);
        var outputs = new double[12];
        foreach (var index in Enumerable.Range(0, 18))
        {
            var withNaN = inputs.ToArray();
            withNaN[index] = float.NaN;
            problem.Kernel.Evaluate(withNaN, outputs);
            Assert.That(outputs.Select(double.IsNaN), Is.EqualTo(Enumerable.Range(0, 12).Select(i => i / 2 == index / 3)), $"input {index}: its row and no other");
            problem.Kernel.Linearize(withNaN, outputs);
            Assert.That(outputs.Select(double.IsNaN), Is.EqualTo(Enumerable.Range(0, 12).Select(i => i / 2 == index / 3)), $"input {index}, linearized");
            var gradient = new double[problem.Length];
            problem.Kernel.TransposeProduct([.. Enumerable.Repeat(1.0, 12)], gradient);
            Assert.That(gradient, Has.Some.NaN);
        }

        problem.AssertAgrees(6, 2);
        var parameters = problem.Parameters();
        foreach (var index in new[] { 0, 26, 27, 35, 36, 36 + (9 * 17), parameters.Length - 3, parameters.Length - 1 })
        {
            var withNaN = parameters.ToArray();
            withNaN[index] = double.NaN;
            problem.Kernel.Assign(withNaN);
            problem.Kernel.Evaluate(inputs, outputs);
            Assert.That(outputs, Has.Some.NaN, $"parameter {index}");
        }

        problem.Kernel.Assign(parameters);
        problem.AssertAgrees(6, 3);
    }

    [Test]
    public void Infinite_inputs_and_cotangents_beyond_float32_give_results_that_are_not_finite()
    {
        using var problem = new Problem(new PerceptronShape([3, 2], 4, Activation.Tanh, 1), vectorLength);
        var outputs = new double[2];
        problem.Kernel.Evaluate([1, float.PositiveInfinity, 2], outputs);
        Assert.That(outputs.Select(double.IsFinite), Is.All.False);

        problem.Kernel.Linearize([1, 2, 3], outputs);
        var gradient = new double[problem.Length];
        problem.Kernel.TransposeProduct([1e300, 0], gradient);
        Assert.That(gradient.Select(double.IsFinite), Has.Some.False, "beyond float32");
    }

    [Test]
    public void Sums_over_large_batches_are_as_accurate_as_over_small_ones()
    {
        // Equal terms are the worst case, because every addition rounds in the same direction.
        const int rows = 5_000;
        using var problem = new Problem(new PerceptronShape([4, 16, 3], rows, Activation.Tanh, 1), vectorLength);
        var row = TestNetworks.Singles(new RandomSource(1), 4);
        float[] inputs = [.. Enumerable.Range(0, rows).SelectMany(_ => row)];
        double[] u = [.. Enumerable.Repeat((double)0.1f, rows * 3)];
        var (gradient, expected) = (new double[problem.Length], new double[problem.Length]);
        problem.Kernel.Linearize(inputs, new double[u.Length]);
        problem.Kernel.TransposeProduct(u, gradient);
        problem.Reference.Linearize(inputs, new double[u.Length]);
        problem.Reference.TransposeProduct(u, expected);

        Assert.That(Difference(gradient, expected) / expected.Max(Math.Abs), Is.LessThan(1e-5));
        problem.AssertAgrees(rows, 1);
    }

    [Test]
    public void Kernels_exist_for_vectors_of_4_8_and_16_elements_only()
    {
        Assert.That(PerceptronKernel.Create([1, 1], KernelActivation.Tanh, vectorLength), Is.Not.Null);
        foreach (var other in new[] { 0, 2, 32 })
            Assert.That(PerceptronKernel.Create([1, 1], KernelActivation.Tanh, other), Is.Null);
        Assert.That(PerceptronKernel.VectorLength, Is.EqualTo(16).Or.EqualTo(8).Or.EqualTo(4).Or.Zero);
    }

    private static double Difference(double[] actual, double[] expected) => actual.Zip(expected, (a, b) => Math.Abs(a - b)).Max();

    /// <summary>A kernel, and the same perceptron in libtorch and float64.</summary>
    private sealed class Problem : IDisposable
    {
        private readonly PerceptronShape _shape;

        public Problem(PerceptronShape shape, int vectorLength)
        {
            _shape = shape;
            Reference = new TorchPerceptron(shape.Perceptron(ScalarType.Float64));
            Kernel = PerceptronKernel.Create(shape.Widths, shape.Activation.ToKernel(), vectorLength)!;
            Kernel.Assign(Parameters());
        }

        public IPerceptronKernel Kernel { get; }

        public TorchPerceptron Reference { get; }

        public int Length => Reference.Parameters.Length;

        public double[] Parameters()
        {
            var parameters = new double[Length];
            Reference.Parameters.CopyTo(parameters);
            return parameters;
        }

        public void AssertAgrees(int rows, ulong seed)
        {
            var random = new RandomSource(seed);
            var inputs = _shape.Observations(random, rows);
            var (v, u) = (TestNetworks.Gaussians(random, Length), TestNetworks.Gaussians(random, rows * _shape.Outputs));
            var (evaluated, linearized, tangents, gradient) = (new double[u.Length], new double[u.Length], new double[u.Length], new double[Length]);
            Kernel.Evaluate(inputs, evaluated);
            Kernel.Linearize(inputs, linearized);
            Kernel.Product(v, tangents);
            Kernel.TransposeProduct(u, gradient);
            var (outputs, expectedTangents, expectedGradient) = (new double[u.Length], new double[u.Length], new double[Length]);
            Reference.Linearize(inputs, outputs);
            Reference.Product(v, expectedTangents);
            Reference.TransposeProduct(u, expectedGradient);

            AssertClose(evaluated, outputs, "outputs");
            AssertClose(linearized, outputs, "outputs, linearized");
            AssertClose(tangents, expectedTangents, "J v");
            AssertClose(gradient, expectedGradient, "J^T u");
        }

        public void Dispose() => Reference.Dispose();

        // Relative to the largest element, or to 1 where cancellation made all of them small.
        private void AssertClose(double[] actual, double[] expected, string subject)
        {
            var difference = Difference(actual, expected);
            var scale = Math.Max(1, expected.Max(Math.Abs));
            if (!(difference <= Tolerance * scale))
                throw new InvalidOperationException($"{subject} differ by {difference} at the scale {scale} for {_shape}");
        }
    }
}
