using Microsoft.ML;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Onnx;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>Untrained policies with weights large enough to be decisive.</summary>
internal static class Policies
{
    public static readonly ActionSpace Choices = ActionSpace.Discrete("left", "stay", "right");
    public static readonly ActionSpace Vectors = ActionSpace.Box([-0.25f, float.NegativeInfinity], [0.25f, float.PositiveInfinity], "force", "angle");

    public static StochasticPolicy Create(ActionSpace actions, int observationLength = 4, ulong seed = 1, ObservationNormalizer? normalizer = null)
    {
        var distribution = ActionDistribution.For(actions, initialLogStandardDeviation: -0.5);
        var perceptron = PerceptronModel.Create(observationLength, [8, 8], distribution.NetworkOutputs, Activation.Tanh, outputGain: 2, new RandomSource(seed));
        return new StochasticPolicy(perceptron, distribution) { Normalizer = normalizer };
    }

    public static byte[] Onnx(ActionSpace actions, int observationLength = 4, ulong seed = 1)
    {
        using var policy = Create(actions, observationLength, seed);
        return policy.Export(Metadata(actions, observationLength));
    }

    public static PolicyMetadata Metadata(ActionSpace actions, int observationLength = 4) =>
        new(ObservationSpace.Unbounded(observationLength), actions, [new("trainer", "test")]);

    public static PolicyTransformer Transformer(ActionSpace actions, int observationLength = 4) =>
        new(Onnx(actions, observationLength), new PolicyColumns());

    /// <summary>Rows of normally distributed observations.</summary>
    public static float[][] Observations(int rows, int length = 4, ulong seed = 2)
    {
        var random = new RandomSource(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => Enumerable.Range(0, length).Select(_ => (float)random.NextGaussian()).ToArray())];
    }

    public static IDataView View(MLContext ml, IEnumerable<float[]> observations) =>
        ml.Data.LoadFromEnumerable(observations.Select((observation, id) => new PolicyInput { Observation = observation, Id = id }));
}
