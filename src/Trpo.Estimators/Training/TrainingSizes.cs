using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;

namespace Trpo.Estimators.Training;

/// <summary>The sizes that the memory of a training depends on, beside the options.</summary>
internal sealed record TrainingSizes
{
    /// <summary>The number of environments, <c>E</c>.</summary>
    public required int Environments { get; init; }

    /// <summary>The number of values of an observation as the pipeline transforms it, <c>d</c>.</summary>
    public required int ObservationLength { get; init; }

    /// <summary>The number of values of an action, <c>k</c>.</summary>
    public required int ActionLength { get; init; }

    /// <summary>The number of outputs of the policy's network for one observation.</summary>
    public required int NetworkOutputs { get; init; }

    /// <summary>The number of the distribution's parameters for one observation, <c>P</c>: the network's outputs and those that do not depend on the observation.</summary>
    public required int ParameterLength { get; init; }

    /// <summary>The widths of the layers of the policy's network behind its inputs, without the outputs. Those of a custom network are read off its weights.</summary>
    public required IReadOnlyList<int> PolicyLayers { get; init; }

    /// <summary>The number of the policy's parameters, <c>n</c>.</summary>
    public required long PolicyLength { get; init; }

    /// <summary>The engine of the policy's network.</summary>
    public required NetworkEngine PolicyEngine { get; init; }

    /// <summary>The engine of the value function's network, if it is one of this library.</summary>
    public required NetworkEngine ValueEngine { get; init; }

    /// <summary>The number of shards, <c>K</c>, each of which has a copy of the networks. 1 by default.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>True if environments are stepped asynchronously.</summary>
    public bool HasAsynchronousEnvironments { get; init; }

    /// <summary>True if a training with checkpoints keeps the state before each iteration too.</summary>
    public bool KeepsIterationStart { get; init; }

    /// <summary>The sizes of a training with a perceptron for the policy, before it is created.</summary>
    /// <param name="options">The options.</param>
    /// <param name="environments">The number of environments.</param>
    /// <param name="observationLength">The number of values of an observation.</param>
    /// <param name="actionLength">The number of values of an action.</param>
    /// <param name="networkOutputs">The number of outputs of the network.</param>
    /// <param name="parameterLength">The number of the distribution's parameters.</param>
    public static TrainingSizes OfPerceptron(TrpoOptions options, int environments, int observationLength, int actionLength, int networkOutputs, int parameterLength) => new()
    {
        Environments = environments,
        ObservationLength = observationLength,
        ActionLength = actionLength,
        NetworkOutputs = networkOutputs,
        ParameterLength = parameterLength,
        PolicyLayers = options.HiddenLayers,
        PolicyLength = PerceptronLength(observationLength, options.HiddenLayers, networkOutputs) + parameterLength - networkOutputs,
        PolicyEngine = options.EngineChoice.OfPerceptrons,
        ValueEngine = options.EngineChoice.OfPerceptrons,
    };

    /// <summary>The sizes of a training with its parts.</summary>
    public static TrainingSizes Of(TrpoOptions options, TrainingParts parts) =>
        Of(options, parts.Policy, parts.EnvironmentCount, parts.Environments.ObservationLength, parts.ActionSpace.Length) with
        {
            KeepsIterationStart = parts.Environments.MayEndWithinStep,
            HasAsynchronousEnvironments = parts.Environments.HasAsynchronous,
        };

    /// <summary>The sizes of a training with a policy.</summary>
    /// <param name="options">The options.</param>
    /// <param name="policy">The policy.</param>
    /// <param name="environments">The number of environments.</param>
    /// <param name="observationLength">The number of values of an observation.</param>
    /// <param name="actionLength">The number of values of an action.</param>
    public static TrainingSizes Of(TrpoOptions options, StochasticPolicy policy, int environments, int observationLength, int actionLength) => new()
    {
        Environments = environments,
        ObservationLength = observationLength,
        ActionLength = actionLength,
        NetworkOutputs = policy.Distribution.NetworkOutputs,
        ParameterLength = policy.ParameterLength,
        PolicyLayers = policy.HiddenLayers,
        PolicyLength = policy.Length,
        PolicyEngine = policy.Engine,
        ValueEngine = options.EngineChoice.OfPerceptrons,
    };

    /// <summary>Returns the number of parameters of a perceptron.</summary>
    public static long PerceptronLength(int inputs, IReadOnlyList<int> hiddenLayers, int outputs)
    {
        long length = 0, before = inputs;
        foreach (var width in hiddenLayers.Append(outputs))
            (length, before) = (length + ((before + 1) * width), width);
        return length;
    }
}
