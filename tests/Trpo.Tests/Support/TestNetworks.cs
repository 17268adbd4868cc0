using TorchSharp;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using static TorchSharp.torch;

namespace Trpo.Tests.Support;

/// <summary>Small networks whose parameters, biases included, are all random.</summary>
internal static class TestNetworks
{
    public static readonly ActionSpace[] Spaces =
    [
        ActionSpace.Discrete(3),
        ActionSpace.MultiDiscrete([2, 3]),
        ActionSpace.MultiBinary(2),
        ActionSpace.Box([-1, -1], [1, 1]),
    ];

    public static Perceptron Perceptron(int[] widths, Activation activation = Activation.Tanh, ulong seed = 1, ScalarType type = ScalarType.Float32)
    {
        var random = new RandomSource(seed);
        var perceptron = new Perceptron(widths[0], widths[1..^1], widths[^1], activation, outputGain: 1, random);
        var parameters = new FlatParameters(perceptron);
        var values = new double[parameters.Length];
        parameters.CopyTo(values);
        parameters.Assign([.. values.Select(value => value + (0.1 * random.NextGaussian()))]);
        perceptron.to(type);
        return perceptron;
    }

    /// <summary>Creates an implementation of a perceptron, which disposes it. The test is ignored if it needs a kernel and the processor has none.</summary>
    public static IDifferentiableNetwork Differentiate(Perceptron perceptron, Differentiation differentiation)
    {
        if (differentiation == Differentiation.Kernel)
            Require(PerceptronKernel.VectorLength);
        switch (differentiation)
        {
            case Differentiation.Kernel:
                using (perceptron)
                    return DifferentiableNetwork.For(perceptron.ToModel(), new EngineChoice(TrainingEngine.Managed, default));
            case Differentiation.Perceptron:
                return new TorchPerceptron(perceptron);
            default:
                return new TorchNetwork(perceptron, perceptron.Widths[^1]);
        }
    }

    /// <summary>Ignores the test if the processor does not accelerate vectors of a length.</summary>
    public static void Require(int vectorLength)
    {
        if (vectorLength == 0 || vectorLength > PerceptronKernel.VectorLength)
            Assert.Ignore($"This processor computes with vectors of {PerceptronKernel.VectorLength} elements.");
    }

    /// <summary>Creates a policy of such a perceptron and the usual action distribution of a space.</summary>
    public static StochasticPolicy Policy(ActionSpace space, Differentiation differentiation, int inputs, int[] hidden, Activation activation = Activation.Tanh, ulong seed = 1, ScalarType type = ScalarType.Float32, ActionMask? mask = null)
    {
        var distribution = ActionDistribution.For(space, initialLogStandardDeviation: -0.25);
        var perceptron = Perceptron([inputs, .. hidden, distribution.NetworkOutputs], activation, seed, type);
        return new StochasticPolicy(Differentiate(perceptron, differentiation), distribution) { Mask = mask };
    }

    public static double[] Gaussians(RandomSource random, int length) => [.. Enumerable.Range(0, length).Select(_ => random.NextGaussian())];

    public static float[] Singles(RandomSource random, int length) => [.. Enumerable.Range(0, length).Select(_ => (float)random.NextGaussian())];

    public static double Dot(double[] left, double[] right) => left.Zip(right, (a, b) => a * b).Sum();
}
