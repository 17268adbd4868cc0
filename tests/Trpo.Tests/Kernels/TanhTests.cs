using Trpo.Estimators.Kernels;
using Trpo.Tests.Support;

namespace Trpo.Tests.Kernels;

/// <summary>The approximation of tanh, through a perceptron of one unit: its output is <c>1 tanh(1 x + 0) + 0</c>.</summary>
[TestFixture(16)]
[TestFixture(8)]
[TestFixture(4)]
public sealed class TanhTests(int vectorLength)
{
    [SetUp]
    public void Require() => TestNetworks.Require(vectorLength);

    [Test]
    public void Error_is_at_most_5e_7()
    {
        float[] inputs = [.. Enumerable.Range(-120_000, 240_001).Select(i => i * 1e-4f)];
        var outputs = Tanh(inputs);

        Assert.That(inputs.Select((input, i) => Math.Abs(outputs[i] - Math.Tanh(input))).Max(), Is.LessThanOrEqualTo(5e-7));
    }

    [Test]
    public void Result_is_exactly_odd()
    {
        float[] inputs = [.. Enumerable.Range(0, 120_001).Select(i => i * 1e-4f)];

        Assert.That(Tanh([.. inputs.Select(input => -input)]), Is.EqualTo(Tanh(inputs).Select(output => -output)));
    }

    [Test]
    public void Relative_error_is_small_also_for_small_numbers()
    {
        float[] inputs = [.. Enumerable.Range(1, 1_000).Select(i => i * 1e-6f), 1e-10f, 1e-30f];
        var outputs = Tanh(inputs);

        Assert.That(inputs.Select((input, i) => Math.Abs((outputs[i] / Math.Tanh(input)) - 1)).Max(), Is.LessThan(5e-7));
    }

    [TestCase(9)]
    [TestCase(100)]
    [TestCase(float.MaxValue)]
    [TestCase(float.PositiveInfinity)]
    public void Large_inputs_give_1(float input) => Assert.That(Tanh([input, -input]), Is.EqualTo(new[] { 1.0, -1 }).Within(2e-7));

    [Test]
    public void Magnitude_is_never_above_1()
    {
        float[] inputs = [.. Enumerable.Range(-60_000, 120_001).Select(i => i * 1e-3f)];

        Assert.That(Tanh(inputs), Is.All.InRange(-1, 1));
    }

    [Test]
    public void NaN_gives_NaN() => Assert.That(Tanh([float.NaN, 1]), Is.EqualTo(new[] { double.NaN, Math.Tanh(1) }).Within(5e-7));

    private double[] Tanh(float[] inputs)
    {
        var kernel = PerceptronKernel.Create([1, 1, 1], KernelActivation.Tanh, vectorLength)!;
        kernel.Assign([1, 0, 1, 0]);
        var outputs = new double[inputs.Length];
        kernel.Evaluate(inputs, outputs);
        return outputs;
    }
}
