using Trpo.Estimators.Distributions;
using Trpo.Estimators.Foundation;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using static TorchSharp.torch;

namespace Trpo.Estimators.Policies;

/// <summary>A distribution over actions for each observation: a network and the family whose parameters it computes.</summary>
internal sealed class StochasticPolicy(PolicyNetwork network, IActionDistribution distribution) : IDisposable
{
    public PolicyNetwork Network => network;

    public IActionDistribution Distribution => distribution;

    private int ParameterLength => distribution.NetworkOutputs + distribution.StateIndependentParameters.Count;

    /// <summary>Memory for the parameters of a number of observations, <c>[rows, P]</c>.</summary>
    public float[] CreateActingBuffer(int rows) => new float[rows * ParameterLength];

    /// <summary>The parameters for a block of observations, outside of any gradient.</summary>
    /// <param name="observations"><c>[rows, d]</c>.</param>
    /// <param name="parameters">Receives <c>[rows, P]</c>.</param>
    public void Act(ReadOnlySpan<float> observations, Span<float> parameters)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var rows = parameters.Length / ParameterLength;
        TensorCopy.Copy(network.forward(TensorCopy.From(observations, rows, observations.Length / rows)), parameters);
    }

    /// <summary>The policy as an ONNX model.</summary>
    public byte[] Export(PolicyMetadata metadata)
    {
        var graph = new OnnxGraphBuilder("policy");
        var observation = graph.Input(PolicyValues.Observation, metadata.Observations.Length, "The observations to act on.");
        distribution.Export(graph, network.Export(graph, observation), network.StateIndependentParameters());
        return graph.Build("A reinforcement-learning policy: observations in, deterministic actions and their scores out.", PolicyMetadataFormat.Write(metadata));
    }

    public void Dispose() => network.Dispose();
}
