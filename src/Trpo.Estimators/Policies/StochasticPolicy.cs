using System.Numerics.Tensors;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;

namespace Trpo.Estimators.Policies;

/// <summary>
/// A distribution over actions for each observation: an optional normalizer, a network, a family of distributions, the family's parameters that are
/// the same for all observations, and an optional action mask. The policy's own parameters <c>[n]</c> are the network's and, behind them, the
/// state-independent ones of the family. Observations <c>[N, d]</c> are as the pipeline gives them; the policy normalizes them.
/// </summary>
internal sealed class StochasticPolicy : IModelParameters, ICheckpointable, IDisposable
{
    // The exponential of a larger logarithm is infinite, that of its negative 0.
    private const double MaxLogDeviation = 700;

    private readonly INetworkModel _model;
    private readonly IDifferentiableNetwork _network;
    private readonly double[] _stateIndependent;
    private readonly int _networkLength;
    private double[] _networkOutputs = [];
    private float[] _normalized = [];

    /// <summary>Creates a policy of the built-in network, on the engine of the choice.</summary>
    public StochasticPolicy(PerceptronModel model, IActionDistribution distribution, EngineChoice choice = default)
        : this(DifferentiableNetwork.For(model, choice), distribution)
    {
    }

    /// <summary>Creates a policy of a module, on the device of the choice.</summary>
    public StochasticPolicy(ExportableModule module, IActionDistribution distribution, EngineChoice choice = default)
        : this(DifferentiableNetwork.For(module, distribution.NetworkOutputs, choice), distribution)
    {
    }

    public StochasticPolicy(IDifferentiableNetwork network, IActionDistribution distribution)
    {
        _model = network.Model;
        _network = network;
        Distribution = distribution;
        _networkLength = network.Parameters.Length;
        _stateIndependent = new double[distribution.StateIndependentParameters.Count];
        SetStateIndependent([.. distribution.StateIndependentParameters]);
        ParameterLength = distribution.NetworkOutputs + _stateIndependent.Length;
    }

    public IActionDistribution Distribution { get; }

    /// <summary>The normalizer in front of the network, or null.</summary>
    public ObservationNormalizer? Normalizer { get; init; }

    /// <summary>The mask of forbidden choices, or null where all are always allowed.</summary>
    public ActionMask? Mask { get; init; }

    /// <summary>True if libtorch computes the policy rather than managed kernels.</summary>
    public bool IsComputedByTorch => Engine != NetworkEngine.Kernels;

    /// <summary>The engine of the network.</summary>
    public NetworkEngine Engine => DifferentiableNetwork.EngineOf(_network);

    /// <summary>The widths of the layers between inputs and outputs, as far as the shapes of the network's weights show them.</summary>
    public IReadOnlyList<int> HiddenLayers => [.. _model.Shapes.Where(parameter => parameter.Shape.Count > 1).Select(parameter => (int)parameter.Shape[0]).SkipLast(1)];

    /// <summary>The number of the policy's own parameters, <c>n</c>.</summary>
    public int Length => _networkLength + _stateIndependent.Length;

    public bool IsSingle => _network.Parameters.IsSingle;

    /// <summary>The number of the distribution's parameters for one observation, <c>P</c>.</summary>
    public int ParameterLength { get; }

    /// <summary>Returns the name of the parameter that an element of the flat vector belongs to.</summary>
    public string NameOf(int index) => index < _networkLength ? _network.Parameters.NameOf(index) : "state_independent";

    /// <summary>Copies the policy's parameters out, <c>[n]</c>.</summary>
    public void CopyTo(Span<double> values)
    {
        _network.Parameters.CopyTo(values[.._networkLength]);
        _stateIndependent.CopyTo(values[_networkLength..]);
    }

    /// <summary>True if all parameters are finite, and none is one that <see cref="RestoreState"/> refuses. Those of a training that diverges are not, before it finds that out.</summary>
    public bool HasValidParameters
    {
        get
        {
            var parameters = new double[Length];
            CopyTo(parameters);
            return Array.TrueForAll(parameters, double.IsFinite)
                && (Distribution is not CensoredGaussianDistribution || _stateIndependent.All(deviation => Math.Abs(deviation) <= MaxLogDeviation));
        }
    }

    /// <summary>Changes the policy's parameters, <c>[n]</c>; each becomes the nearest value of the network's type.</summary>
    public void Assign(ReadOnlySpan<double> values)
    {
        _network.Assign(values[.._networkLength]);
        SetStateIndependent(values[_networkLength..]);
    }

    /// <summary>Returns observations as the network sees them: normalized, where there is a normalizer.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <returns><c>[N, d]</c>; memory that the next call of a method of this policy may overwrite, or the observations themselves.</returns>
    public ReadOnlySpan<float> NetworkInputs(ReadOnlySpan<float> observations)
    {
        if (Normalizer is null)
            return observations;
        if (_normalized.Length < observations.Length)
            _normalized = new float[observations.Length];
        var inputs = _normalized.AsSpan(0, observations.Length);
        Normalizer.Apply(observations, inputs);
        return inputs;
    }

    /// <summary>Computes the distributions' parameters for a batch of observations.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="parameters">Receives <c>[N, P]</c>.</param>
    public void Evaluate(ReadOnlySpan<float> observations, Span<double> parameters)
    {
        var inputs = NetworkInputs(observations);
        if (_stateIndependent.Length == 0)
        {
            _network.Evaluate(inputs, parameters);
        }
        else
        {
            var outputs = NetworkOutputs(parameters);
            _network.Evaluate(inputs, outputs);
            Append(outputs, _stateIndependent, parameters);
        }

        Mask?.Apply(observations, parameters);
    }

    /// <summary>Computes <see cref="IActionDistribution.DrawLogProbability"/> for a batch of rows.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="actions"><c>[N, k]</c>.</param>
    /// <param name="rows">The number of rows, <c>N</c>.</param>
    /// <returns><c>[N]</c>.</returns>
    public double[] DrawLogProbabilities(ReadOnlySpan<float> observations, ReadOnlySpan<float> actions, int rows)
    {
        var action = new double[actions.Length / rows];
        var (parameters, logProbabilities) = (new double[checked(rows * ParameterLength)], new double[rows]);
        Evaluate(observations, parameters);
        for (var row = 0; row < rows; row++)
        {
            TensorPrimitives.ConvertChecked<float, double>(actions.Slice(row * action.Length, action.Length), action);
            logProbabilities[row] = Distribution.DrawLogProbability(parameters.AsSpan(row * ParameterLength, ParameterLength), action);
        }

        return logProbabilities;
    }

    /// <summary>Computes what <see cref="Evaluate"/> does, and prepares <see cref="Product"/> and <see cref="TransposeProduct"/> for the same observations.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="parameters">Receives <c>[N, P]</c>.</param>
    public void Linearize(ReadOnlySpan<float> observations, Span<double> parameters)
    {
        if (_stateIndependent.Length == 0)
        {
            _network.Linearize(NetworkInputs(observations), parameters);
        }
        else
        {
            var outputs = NetworkOutputs(parameters);
            _network.Linearize(NetworkInputs(observations), outputs);
            Append(outputs, _stateIndependent, parameters);
        }

        Mask?.Apply(observations, parameters);
    }

    /// <inheritdoc cref="IDifferentiableNetwork.TryRestrict"/>
    public bool TryRestrict(ReadOnlySpan<int> rows) => _network.TryRestrict(rows);

    /// <summary>Computes <c>J v</c>, with <c>J</c> the derivatives of the distributions' parameters by the policy's.</summary>
    /// <param name="vector"><c>v</c>, <c>[n]</c>.</param>
    /// <param name="tangents">Receives <c>[N, P]</c>.</param>
    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        if (_stateIndependent.Length == 0)
        {
            _network.Product(vector, tangents);
            return;
        }

        var outputs = NetworkOutputs(tangents);
        _network.Product(vector[.._networkLength], outputs);
        Append(outputs, vector[_networkLength..], tangents);
    }

    /// <summary>Computes <c>J^T u</c>.</summary>
    /// <param name="cotangents"><c>u</c>, <c>[N, P]</c>.</param>
    /// <param name="gradient">Receives <c>[n]</c>.</param>
    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        if (_stateIndependent.Length == 0)
        {
            _network.TransposeProduct(cotangents, gradient);
            return;
        }

        var outputs = NetworkOutputs(cotangents);
        var width = Distribution.NetworkOutputs;
        var free = gradient[_networkLength..];
        free.Clear();
        var next = 0;
        for (var row = 0; row < outputs.Length; row += width)
        {
            for (var i = 0; i < width; i++)
                outputs[row + i] = cotangents[next++];
            for (var i = 0; i < free.Length; i++)
                free[i] += cotangents[next++];
        }

        _network.TransposeProduct(outputs, gradient[.._networkLength]);
    }

    /// <summary>The names, the state and the graph of the network.</summary>
    public INetworkModel Network => _model;

    /// <summary>The types of the distribution and of the network, and its tensors, which must be equal in all processes of a training. Unlike <see cref="Architecture"/>, which checkpoints keep, it has buffers too.</summary>
    public string Description => $"{Distribution.GetType().Name} of {_model.TypeName} ({string.Join(", ", _model.Tensors)})";

    /// <summary>The types of the distribution and of the network, and the names and shapes of its parameters, which must be equal where a checkpoint is resumed from.</summary>
    public string Architecture => $"{Distribution.GetType().Name} of {_model.TypeName} ({string.Join(", ", _model.Shapes.Select(parameter => $"{parameter.Name} [{string.Join(", ", parameter.Shape)}]"))})";

    /// <summary>True unless the network declares that its state cannot be saved.</summary>
    public bool IsCheckpointable => _model.IsCheckpointable;

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        var parameters = new double[Length];
        CopyTo(parameters);
        writer.WriteSpan<double>(parameters);
        _model.SaveState(writer);
        Normalizer?.SaveState(writer);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        var parameters = ModuleState.ReadParameters(reader, Length, _network.Parameters.IsSingle, "parameters of the policy");
        if (Distribution is CensoredGaussianDistribution)
            StateSpans.RequireWithin(parameters.AsSpan(_networkLength), -MaxLogDeviation, MaxLogDeviation, "logarithms of the policy's standard deviations");
        Assign(parameters);
        _model.RestoreState(reader);
        Normalizer?.RestoreState(reader);
    }

    /// <summary>Exports the policy as an ONNX model.</summary>
    public byte[] Export(PolicyMetadata metadata)
    {
        var graph = new OnnxGraphBuilder("policy");
        var documentation = Mask is null ? "The observations to act on." : $"The observations to act on; the last {Mask.Length} values say which choices are allowed (1) and which are not (0).";
        var observation = graph.Input(PolicyValues.Observation, metadata.Observations.Length, documentation);
        float[] stateIndependent = [.. _stateIndependent.Select(value => (float)value)];
        var outputs = _model.Export(graph, Normalizer?.Export(graph, observation) ?? observation);
        Distribution.Export(graph, Mask?.Export(graph, observation, outputs) ?? outputs, stateIndependent);
        return graph.Build("A reinforcement-learning policy: observations in, deterministic actions and their scores out.", metadata);
    }

    public void Dispose() => _network.Dispose();

    private void SetStateIndependent(ReadOnlySpan<double> values)
    {
        for (var i = 0; i < values.Length; i++)
            _stateIndependent[i] = IsSingle ? (float)values[i] : values[i];
    }

    // Memory for the network's outputs of as many rows as the parameters have; it is kept for the next batch.
    private Span<double> NetworkOutputs(ReadOnlySpan<double> parameters)
    {
        var length = parameters.Length / ParameterLength * Distribution.NetworkOutputs;
        if (_networkOutputs.Length < length)
            _networkOutputs = new double[length];
        return _networkOutputs.AsSpan(0, length);
    }

    // Appends the same values to every row.
    private void Append(ReadOnlySpan<double> rows, ReadOnlySpan<double> values, Span<double> appended)
    {
        var width = Distribution.NetworkOutputs;
        var next = 0;
        for (var row = 0; row < rows.Length; row += width)
        {
            for (var i = 0; i < width; i++)
                appended[next++] = rows[row + i];
            foreach (var value in values)
                appended[next++] = value;
        }
    }
}
