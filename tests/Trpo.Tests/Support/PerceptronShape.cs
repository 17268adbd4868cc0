using CsCheck;
using TorchSharp;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.Tests.Support;

/// <summary>A perceptron and a batch for it, as numbers that CsCheck can draw and shrink.</summary>
internal sealed record PerceptronShape(int[] Widths, int Rows, Activation Activation, ulong Seed)
{
    public static readonly Gen<PerceptronShape> Any =
        from inputs in Gen.Int[1, 70]
        from hidden in Gen.Int[1, 70].Array[0, 3]
        from outputs in Gen.Int[1, 20]
        from rows in Gen.Int[1, 300]
        from activation in Gen.Enum<Activation>()
        from seed in Gen.Int[0, 1_000_000]
        select new PerceptronShape([inputs, .. hidden, outputs], rows, activation, (ulong)seed);

    public int Inputs => Widths[0];

    public int Outputs => Widths[^1];

    /// <summary>
    /// For the rectifier the parameters are multiples of 1/8, so that what reaches it is exact in float32 too: near zero, a rounding would
    /// change the derivative.
    /// </summary>
    public Perceptron Perceptron(ScalarType type)
    {
        var perceptron = TestNetworks.Perceptron(Widths, Activation, Seed);
        if (Activation == Activation.Relu)
        {
            var parameters = new FlatParameters(perceptron);
            var random = new RandomSource(Seed);
            parameters.Assign([.. Enumerable.Range(0, parameters.Length).Select(_ => (random.NextInt(9) - 4) / 8.0)]);
        }

        perceptron.to(type);
        return perceptron;
    }

    public float[] Observations(RandomSource random, int rows) =>
        [.. TestNetworks.Singles(random, rows * Inputs).Select(value => Activation == Activation.Relu ? MathF.Round(4 * value) / 4 : value)];

    public override string ToString() => $"[{string.Join(", ", Widths)}] with {Rows} rows, {Activation}, seed {Seed}";
}
