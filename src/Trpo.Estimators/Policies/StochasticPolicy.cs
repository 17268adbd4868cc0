using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;

namespace Trpo.Estimators.Policies;

/// <summary>
/// A distribution over actions for each observation: a network, a family, and the family's parameters that are the same for all observations. The
/// policy's own parameters <c>[n]</c> are the network's and, behind them, those.
/// </summary>
internal sealed class StochasticPolicy : ICheckpointable, IDisposable
{
    private readonly ExportableModule _module;
    private readonly IDifferentiableNetwork _network;
    private readonly double[] _stateIndependent;
    private readonly int _networkLength;
    private double[] _networkOutputs = [];

    public StochasticPolicy(ExportableModule module, IActionDistribution distribution)
        : this(module, DifferentiableNetwork.For(module, distribution.NetworkOutputs), distribution)
    {
    }

    public StochasticPolicy(ExportableModule module, IDifferentiableNetwork network, IActionDistribution distribution)
    {
        _module = module;
        _network = network;
        Distribution = distribution;
        _networkLength = network.Parameters.Length;
        _stateIndependent = new double[distribution.StateIndependentParameters.Count];
        SetStateIndependent([.. distribution.StateIndependentParameters]);
        ParameterLength = distribution.NetworkOutputs + _stateIndependent.Length;
    }

    public IActionDistribution Distribution { get; }

    /// <summary>
    /// What the observations have been through before the policy is asked about them, or null. Whoever collects them applies it; an exported policy does so itself.
    /// </summary>
    public ObservationNormalizer? Normalizer { get; init; }

    /// <summary>What says which choices are allowed, or null where all always are.</summary>
    public ActionMask? Mask { get; init; }

    /// <summary>Whether libtorch computes the policy, rather than managed kernels.</summary>
    public bool IsComputedByTorch => _network is not ManagedPerceptron;

    /// <summary>The number of the policy's own parameters, <c>n</c>.</summary>
    public int Length => _networkLength + _stateIndependent.Length;

    /// <summary>The number of the distribution's parameters for one observation, <c>P</c>.</summary>
    public int ParameterLength { get; }

    /// <summary>The name of the parameter that an element belongs to.</summary>
    public string NameOf(int index) => index < _networkLength ? _network.Parameters.NameOf(index) : "state_independent";

    /// <summary>Copies the policy's parameters out, <c>[n]</c>.</summary>
    public void CopyTo(Span<double> values)
    {
        _network.Parameters.CopyTo(values[.._networkLength]);
        _stateIndependent.CopyTo(values[_networkLength..]);
    }

    /// <summary>Changes the policy's parameters, <c>[n]</c>; each becomes the nearest value of the network's type.</summary>
    public void Assign(ReadOnlySpan<double> values)
    {
        _network.Assign(values[.._networkLength]);
        SetStateIndependent(values[_networkLength..]);
    }

    /// <summary>The distributions' parameters for a batch of observations.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="parameters">Receives <c>[N, P]</c>.</param>
    public void Evaluate(ReadOnlySpan<float> observations, Span<double> parameters)
    {
        if (_stateIndependent.Length == 0)
        {
            _network.Evaluate(observations, parameters);
        }
        else
        {
            var outputs = NetworkOutputs(parameters);
            _network.Evaluate(observations, outputs);
            Widen(outputs, _stateIndependent, parameters);
        }

        Mask?.Apply(observations, parameters);
    }

    /// <summary>As <see cref="Evaluate"/>, and prepares the products there.</summary>
    public void Linearize(ReadOnlySpan<float> observations, Span<double> parameters)
    {
        var outputs = NetworkOutputs(parameters);
        _network.Linearize(observations, outputs);
        Widen(outputs, _stateIndependent, parameters);
        Mask?.Apply(observations, parameters);
    }

    /// <summary>Computes <c>J v</c>, with <c>J</c> the derivatives of the distributions' parameters by the policy's.</summary>
    /// <param name="vector"><c>v</c>, <c>[n]</c>.</param>
    /// <param name="tangents">Receives <c>[N, P]</c>.</param>
    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        var outputs = NetworkOutputs(tangents);
        _network.Product(vector[.._networkLength], outputs);
        Widen(outputs, vector[_networkLength..], tangents);
    }

    /// <summary>Computes <c>J^T u</c>.</summary>
    /// <param name="cotangents"><c>u</c>, <c>[N, P]</c>.</param>
    /// <param name="gradient">Receives <c>[n]</c>.</param>
    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        var outputs = NetworkOutputs(cotangents);
        var width = Distribution.NetworkOutputs;
        var free = gradient[_networkLength..];
        free.Clear();
        var place = 0;
        for (var row = 0; row < outputs.Length; row += width)
        {
            for (var i = 0; i < width; i++)
                outputs[row + i] = cotangents[place++];
            for (var i = 0; i < free.Length; i++)
                free[i] += cotangents[place++];
        }

        _network.TransposeProduct(outputs, gradient[.._networkLength]);
    }

    /// <summary>What a checkpoint must find again: the kind of the network and its parameters, and the family of the distributions.</summary>
    public string Architecture => $"{Distribution.GetType().Name} of {_module.GetType().Name} ({string.Join(", ", _module.named_parameters().Select(parameter => $"{parameter.name} [{string.Join(", ", parameter.parameter.shape)}]"))})";

    /// <summary>Whether the network says nothing against it.</summary>
    public bool IsCheckpointable => _module is not ICheckpointable { IsCheckpointable: false };

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        var parameters = new double[Length];
        CopyTo(parameters);
        writer.WriteSpan<double>(parameters);
        ModuleState.Save(_module, writer);
        Normalizer?.SaveState(writer);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        var parameters = new double[Length];
        reader.ReadSpan<double>(parameters, "parameters of the policy");
        StateSpans.RequireFinite(parameters, "parameters of the policy");
        Assign(parameters);
        ModuleState.Restore(_module, reader);
        Normalizer?.RestoreState(reader);
    }

    /// <summary>The policy as an ONNX model.</summary>
    public byte[] Export(PolicyMetadata metadata)
    {
        var graph = new OnnxGraphBuilder("policy");
        var documentation = Mask is null ? "The observations to act on." : $"The observations to act on; the last {Mask.Length} values say which choices are allowed (1) and which are not (0).";
        var observation = graph.Input(PolicyValues.Observation, metadata.Observations.Length, documentation);
        float[] stateIndependent = [.. _stateIndependent.Select(value => (float)value)];
        var outputs = _module.Export(graph, Normalizer?.Export(graph, observation) ?? observation);
        Distribution.Export(graph, Mask?.Export(graph, observation, outputs) ?? outputs, stateIndependent);
        return graph.Build("A reinforcement-learning policy: observations in, deterministic actions and their scores out.", metadata);
    }

    public void Dispose() => _network.Dispose();

    private void SetStateIndependent(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            _stateIndependent[i] = _network.Parameters.IsSingle ? (float)values[i] : values[i];
    }

    // Memory for the network's outputs where there are so many of the distributions' parameters; it is kept for the next batch.
    private Span<double> NetworkOutputs(ReadOnlySpan<double> parameters)
    {
        var length = parameters.Length / ParameterLength * Distribution.NetworkOutputs;
        if (_networkOutputs.Length < length)
            _networkOutputs = new double[length];
        return _networkOutputs.AsSpan(0, length);
    }

    // Puts the same values behind every row.
    private void Widen(ReadOnlySpan<double> rows, ReadOnlySpan<double> behind, Span<double> widened)
    {
        var width = Distribution.NetworkOutputs;
        var place = 0;
        for (var row = 0; row < rows.Length; row += width)
        {
            for (var i = 0; i < width; i++)
                widened[place++] = rows[row + i];
            foreach (var value in behind)
                widened[place++] = value;
        }
    }
}
