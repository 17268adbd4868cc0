using Trpo.Estimators.Kernels;
using Trpo.Tests.Support;

namespace Trpo.Tests.Kernels;

/// <summary>The approximations of SiLU and ELU and of their derivatives, through a perceptron of one unit: its output is <c>1 f(1 x + 0) + 0</c>.</summary>
[TestFixture(16)]
[TestFixture(8)]
[TestFixture(4)]
public sealed class ActivationTests(int vectorLength)
{
    private static readonly float[] Inputs = [.. Enumerable.Range(-60_000, 120_001).Select(i => i * 1e-3f)];

    [SetUp]
    public void Require() => TestNetworks.Require(vectorLength);

    [Test]
    public void Silu_is_exact_within_the_rounding_of_its_argument()
    {
        var (values, derivatives) = Compute(KernelActivation.Silu, Inputs);

        AssertClose(values, x => x * Logistic(x), 4e-7);
        AssertClose(derivatives, x => Logistic(x) * (1 + (x * (1 - Logistic(x)))), 4e-7, isAbsolute: true);
    }

    [Test]
    public void Elu_is_exact_within_the_rounding_of_its_argument()
    {
        var (values, derivatives) = Compute(KernelActivation.Elu, Inputs);

        AssertClose(values, x => x > 0 ? x : Math.Exp(x) - 1, 4e-7);
        AssertClose(derivatives, x => x > 0 ? 1 : Math.Exp(x), 4e-7, isAbsolute: true);
    }

    [Test]
    public void Elu_keeps_the_digits_of_small_arguments()
    {
        float[] inputs = [.. Enumerable.Range(1, 1_000).Select(i => i * -1e-6f), -1e-10f, -1e-30f];
        var (values, _) = Compute(KernelActivation.Elu, inputs);

        // exp(x) - 1 = x + x^2 / 2 for these.
        Assert.That(inputs.Select((x, i) => Math.Abs((values[i] / (x + (0.5 * x * x))) - 1)).Max(), Is.LessThan(1e-6));
    }

    [TestCase(100)]
    [TestCase(1e30f)]
    [TestCase(float.MaxValue)]
    public void Large_arguments_have_the_limits(float x)
    {
        var (silu, siluDerivatives) = Compute(KernelActivation.Silu, [x, -x]);
        var (elu, eluDerivatives) = Compute(KernelActivation.Elu, [x, -x]);

        Assert.That(silu[0] / x, Is.EqualTo(1).Within(1e-6));
        Assert.That(silu[1], Is.Zero.Within(2e-6));
        Assert.That(siluDerivatives, Is.EqualTo(new[] { 1.0, 0 }).Within(2e-6));
        Assert.That(elu, Is.EqualTo(new double[] { x, -1 }).Within(1e-6));
        Assert.That(eluDerivatives, Is.EqualTo(new[] { 1.0, 0 }).Within(1e-6));
    }

    [TestCase(KernelActivation.Silu)]
    [TestCase(KernelActivation.Elu)]
    public void NaN_gives_NaN(object activation)
    {
        var (values, derivatives) = Compute((KernelActivation)activation, [float.NaN, 1]);

        Assert.That(values.Select(double.IsNaN), Is.EqualTo(new[] { true, false }));
        Assert.That(derivatives.Select(double.IsNaN), Is.EqualTo(new[] { true, false }));
    }

    private static double Logistic(double x) => 1 / (1 + Math.Exp(-x));

    private static void AssertClose(double[] actual, Func<double, double> expected, double tolerance, bool isAbsolute = false)
    {
        var worst = Inputs.Select((x, i) => Math.Abs(actual[i] - expected(x)) / (isAbsolute ? 1 : Math.Max(1, Math.Abs(x)))).Max();
        TestContext.Out.WriteLine($"largest error {worst:G3}");
        Assert.That(worst, Is.LessThanOrEqualTo(tolerance));
    }

    // The derivative by the bias of the hidden unit, the second of the parameters.
    private (double[] Values, double[] Derivatives) Compute(KernelActivation activation, float[] inputs)
    {
        var kernel = PerceptronKernel.Create([1, 1, 1], activation, vectorLength)!;
        kernel.Assign([1, 0, 1, 0]);
        var (values, linearized, derivatives) = (new double[inputs.Length], new double[inputs.Length], new double[inputs.Length]);
        kernel.Evaluate(inputs, values);
        kernel.Linearize(inputs, linearized);
        kernel.Product([0, 1, 0, 0], derivatives);
        Assert.That(linearized, Is.EqualTo(values), "a trial and a linearization give the same bits");
        return (values, derivatives);
    }
}
