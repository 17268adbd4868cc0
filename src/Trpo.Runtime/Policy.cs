using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Trpo.Runtime.Compilation;
using Trpo.Runtime.Files;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Kernels;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Sampling;
using Trpo.Runtime.Spaces;

namespace Trpo.Runtime;

/// <summary>
/// An exported perceptron policy that runs in managed code: observations in, actions and scores out. A policy has no state. Any number of threads may
/// use one at once, and no method that acts allocates memory once the thread has used it before. A row's results depend on that row alone.
/// </summary>
public sealed class Policy
{
    /// <summary>The maximum length of an ONNX file that is opened, in bytes: 256 MiB.</summary>
    public const int MaxBytes = 256 << 20;

    // A larger memory of rows is borrowed instead of taken from the stack.
    private const int MaxStack = 2_048;

    // Rows are computed together as long as their memory stays in the processor's cache.
    private const int MaxRowsTogether = 32;
    private const int MaxMemoryTogether = 1 << 15;

    private readonly RowProgram _program;
    private readonly PolicyOutputs _outputs;
    private readonly ScoredDistribution _distribution;
    private readonly bool _isDiscrete;
    private readonly bool _takesObservations;

    private Policy(RowProgram program, PolicyMetadata metadata, IEnumerable<string> inputNames)
    {
        _program = program;
        _outputs = program.Outputs;
        _distribution = ScoredDistribution.For(metadata.Actions);
        _isDiscrete = metadata.Actions is DiscreteActionSpace;
        Metadata = metadata;
        Inputs = [.. inputNames.Zip(program.InputLengths, (name, length) => new PolicyInput(name, length))];
        ObservationLength = Inputs.Sum(input => input.Length);
        _takesObservations = Inputs is [{ Name: PolicyValues.Observation }];
    }

    /// <summary>The metadata of the policy.</summary>
    public PolicyMetadata Metadata { get; }

    /// <summary>
    /// The inputs of the graph in their order: the one input "observation", or the raw columns of the transforms that were exported with the policy.
    /// </summary>
    public ImmutableArray<PolicyInput> Inputs { get; }

    /// <summary>The number of values of an observation: those of all <see cref="Inputs"/>, one behind the other.</summary>
    public int ObservationLength { get; }

    /// <summary>True if the graph outputs the standard deviations of the actions, in a box.</summary>
    public bool HasStandardDeviations => _outputs.LogStandardDeviation is not null;

    /// <summary>True if the graph outputs the distribution of its actions, so that they can be drawn.</summary>
    public bool IsStochastic => HasStandardDeviations || Metadata.Actions is not BoxActionSpace;

    /// <summary>Opens an exported policy. The file is not trusted: nothing of it is computed before it was checked to be complete, undamaged and within bounds.</summary>
    /// <param name="path">The ONNX file, of <see cref="MaxBytes"/> at most.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a policy, is damaged, of a newer version, or takes more memory or work than is admitted; the message names the node and the limit.</exception>
    /// <exception cref="UnsupportedGraphException">The policy is not a perceptron of the exporter's form; the message names what is not supported.</exception>
    public static Policy Open(string path)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Open(BoundedFile.Read(path, MaxBytes), path);
    }

    /// <summary>Opens an exported policy from memory.</summary>
    /// <param name="model">The bytes of the ONNX model.</param>
    /// <exception cref="InvalidDataException">The bytes are not a policy, are damaged, of a newer version, or take more memory or work than is admitted; the message names the node and the limit.</exception>
    /// <exception cref="UnsupportedGraphException">The policy is not a perceptron of the exporter's form; the message names what is not supported.</exception>
    public static Policy Open(byte[] model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Open(model, "the model");
    }

    /// <summary>Opens an exported policy from memory if it is one that this library runs.</summary>
    /// <param name="model">The bytes of the ONNX model.</param>
    /// <param name="policy">The policy; null where the result is false.</param>
    /// <returns>True if it is; false for a policy that needs another engine, such as OnnxRuntime.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a policy, are damaged, of a newer version, or take more memory or work than is admitted; the message names the node and the limit.</exception>
    public static bool TryOpen(byte[] model, [NotNullWhen(true)] out Policy? policy)
    {
        ArgumentNullException.ThrowIfNull(model);
        try
        {
            policy = Open(model, "the model");
            return true;
        }
        catch (UnsupportedGraphException)
        {
            policy = null;
            return false;
        }
    }

    /// <summary>Returns the most probable choice of a policy over a discrete space.</summary>
    /// <param name="observation">The observation, <c>[d]</c>.</param>
    /// <returns>The index of the choice, from 0; -1 if the observation has a NaN (or infinities that result in one).</returns>
    /// <exception cref="ArgumentException">The observation has another length.</exception>
    /// <exception cref="InvalidOperationException">The policy's actions are not discrete.</exception>
    public int Act(ReadOnlySpan<float> observation)
    {
        if (!_isDiscrete)
            throw new InvalidOperationException($"The policy's actions are vectors, {Metadata.Actions}: pass a span that receives them.");
        if (observation.Length != ObservationLength)
            throw WrongLength(observation.Length, nameof(observation));
        var action = 0f;
        Evaluate(observation, new Span<float>(ref action));
        return (int)action;
    }

    /// <summary>
    /// Computes the deterministic actions of a number of observations: the most probable choice (of each dimension, or switch, if there are several), or
    /// the mean within its bounds.
    /// </summary>
    /// <param name="observations">The observations, <c>[N, d]</c>.</param>
    /// <param name="actions">
    /// Receives the actions, <c>[N, k]</c>: indices, zeros and ones, or numbers. A missing action, of an observation with a NaN, is -1 in a discrete space
    /// and NaN in every other.
    /// </param>
    /// <exception cref="ArgumentException">The observations are not a number of rows, or another length does not match that number.</exception>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions) => Evaluate(observations, actions);

    /// <summary>Computes the deterministic actions of a number of observations, and what they are chosen by.</summary>
    /// <param name="observations">The observations, <c>[N, d]</c>.</param>
    /// <param name="actions">Receives the actions, <c>[N, k]</c>, as <see cref="Act(ReadOnlySpan{float}, Span{float})"/> does.</param>
    /// <param name="scores">Receives the scores, <c>[N, ScoreLength]</c>: probabilities, or means before they are clipped. All are NaN for a missing action. Empty to leave them out.</param>
    /// <param name="logStandardDeviations">Receives the logarithms of the standard deviations, <c>[N, k]</c>, in a box. Empty to leave them out.</param>
    /// <exception cref="ArgumentException">The observations are not a number of rows, or another length does not match that number.</exception>
    /// <exception cref="InvalidOperationException">Standard deviations are asked for, but the policy's graph has none.</exception>
    public void Evaluate(ReadOnlySpan<float> observations, Span<float> actions, Span<float> scores = default, Span<float> logStandardDeviations = default)
    {
        var rows = observations.Length / ObservationLength;
        var (actionLength, scoreLength) = (Metadata.Actions.Length, Metadata.Actions.ScoreLength);
        if (observations.Length != rows * ObservationLength)
            throw WrongLength(observations.Length, nameof(observations));
        CheckLength(actions.Length, rows, actionLength, nameof(actions));
        if (!scores.IsEmpty)
            CheckLength(scores.Length, rows, scoreLength, nameof(scores));
        if (!logStandardDeviations.IsEmpty)
        {
            if (_outputs.LogStandardDeviation is null)
                throw NotStochastic();
            CheckLength(logStandardDeviations.Length, rows, actionLength, nameof(logStandardDeviations));
        }

        var together = Math.Clamp(Math.Min(rows, MaxMemoryTogether / _program.Memory), 1, MaxRowsTogether);
        var length = together * _program.Memory;
        var borrowed = length > MaxStack ? ArrayPool<float>.Shared.Rent(length) : null;
        Span<float> memory = borrowed is null ? stackalloc float[length] : borrowed.AsSpan(0, length);
        for (var first = 0; first < rows; first += together)
        {
            var count = Math.Min(together, rows - first);
            Run(observations.Slice(first * ObservationLength, count * ObservationLength), memory, count);
            for (var row = first; row < first + count; row++)
            {
                var values = memory.Slice((row - first) * _program.Memory, _program.Memory);
                _outputs.Action.In(values).CopyTo(actions[(row * actionLength)..]);
                if (!scores.IsEmpty)
                    _outputs.Score.In(values).CopyTo(scores[(row * scoreLength)..]);
                if (!logStandardDeviations.IsEmpty)
                    _outputs.LogStandardDeviation!.Value.In(values).CopyTo(logStandardDeviations[(row * actionLength)..]);
            }
        }

        if (borrowed is not null)
            ArrayPool<float>.Shared.Return(borrowed);
    }

    /// <summary>Draws an action from the policy's distribution.</summary>
    /// <param name="observation">The observation, <c>[d]</c>.</param>
    /// <param name="random">The only source of randomness; one that no other thread uses.</param>
    /// <param name="action">Receives the action, <c>[k]</c>; in a box within its bounds. A missing action is -1 in a discrete space and NaN in every other.</param>
    /// <exception cref="ArgumentException">The observation or the action has another length.</exception>
    /// <exception cref="InvalidOperationException">The policy's graph does not output the distribution of its actions.</exception>
    public void Sample(ReadOnlySpan<float> observation, RandomSource random, Span<float> action) => Sample(observation, random, floor: 0, action);

    /// <summary>Draws an action from the mixture of the policy's distribution with the uniform one over the eligible choices, for exploration.</summary>
    /// <param name="observation">The observation, <c>[d]</c>.</param>
    /// <param name="random">The only source of randomness; one that no other thread uses.</param>
    /// <param name="floor">The share of the uniform distribution, from 0, for the policy's own, to 1, in each dimension (<see cref="ExplorationFloor"/>).</param>
    /// <param name="action">Receives the action, <c>[k]</c>; in a box within its bounds. A missing action is -1 in a discrete space and NaN in every other.</param>
    /// <returns>The logarithm of the probability with which the action was drawn, in nats; in a box, of the density. NaN for a missing action.</returns>
    /// <exception cref="ArgumentException">The observation or the action has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="floor"/> is not from 0 to 1.</exception>
    /// <exception cref="InvalidOperationException">The policy's graph does not output the distribution of its actions, or <paramref name="floor"/> is above 0 and the actions are a box.</exception>
    public double Sample(ReadOnlySpan<float> observation, RandomSource random, double floor, Span<float> action)
    {
        ArgumentNullException.ThrowIfNull(random);
        ExplorationFloor.Check(floor, Metadata.Actions);
        if (!IsStochastic)
            throw NotStochastic();
        if (observation.Length != ObservationLength)
            throw WrongLength(observation.Length, nameof(observation));
        CheckLength(action.Length, 1, Metadata.Actions.Length, nameof(action));
        var borrowed = _program.Memory > MaxStack ? ArrayPool<float>.Shared.Rent(_program.Memory) : null;
        Span<float> memory = borrowed is null ? stackalloc float[_program.Memory] : borrowed.AsSpan(0, _program.Memory);
        Run(observation, memory, 1);
        var logProbability = double.NaN;
        if (float.IsNaN(_outputs.Score.In(memory)[0]))
            _outputs.Action.In(memory).CopyTo(action);
        else
            logProbability = Draw(observation, memory, random, floor, action);
        if (borrowed is not null)
            ArrayPool<float>.Shared.Return(borrowed);
        return logProbability;
    }

    /// <summary>Opens a policy with a certain kernel.</summary>
    internal static Policy Open(byte[] model, string source, RowKernel? kernel = null)
    {
        try
        {
            if (model.AsSpan().StartsWith("PK"u8))
                throw new InvalidDataException("It is a zip archive, as ML.NET's model files are: load it with PolicyModel.Load of Trpo.Onnx.");
            if (model.Length > MaxBytes)
                throw new InvalidDataException($"It has more than {MaxBytes >> 20} MiB, the maximum that this library reads.");
            var onnx = PolicyReader.Open(model);
            var metadata = PolicyMetadataFormat.Read(onnx.Metadata);
            var program = GraphCompiler.Compile(onnx, metadata, kernel ?? RowKernel.Best);
            CheckInputs(onnx.Graph!.Inputs, metadata);
            return new Policy(program, metadata, onnx.Graph.Inputs.Select(input => input.Name));
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"Could not open a policy from {source}: {exception.Message}", exception);
        }
        catch (UnsupportedGraphException exception)
        {
            throw new UnsupportedGraphException($"The policy of {source} is not one that Trpo.Runtime runs, but OnnxRuntime may, through PolicySession of Trpo.Onnx: {exception.Message}", exception);
        }
    }

    private static void CheckInputs(List<OnnxValue> inputs, PolicyMetadata metadata)
    {
        if (inputs.Count == 0)
            throw new UnsupportedGraphException("The graph has no input.");
        if (inputs is [{ Name: PolicyValues.Observation } only] && only.Dimensions[1] != metadata.Observations.Length)
            throw new UnsupportedGraphException($"The input '{PolicyValues.Observation}' has {only.Dimensions[1]} columns, and {metadata.Observations.Length} in the metadata.");
    }

    private void Run(ReadOnlySpan<float> observations, Span<float> memory, int rows)
    {
        _program.Run(observations, memory, rows);
        for (var row = 0; row < rows; row++)
        {
            var values = memory.Slice(row * _program.Memory, _program.Memory);
            var score = _outputs.Score.In(values);
            if ((Metadata.MarksMissing || !MissingValues.Any(observations.Slice(row * ObservationLength, ObservationLength))) && !MissingValues.Any(score))
                continue;

            // The network and the argmax compute some action from a NaN; the caller must see that it is missing.
            score.Fill(float.NaN);
            _outputs.Action.In(values).Fill(_isDiscrete ? -1 : float.NaN);
        }
    }

    private double Draw(ReadOnlySpan<float> observation, Span<float> memory, RandomSource random, double floor, Span<float> action)
    {
        var score = _outputs.Score.In(memory);
        if (floor > 0)
            ExplorationFloor.Mix(Metadata, floor, _takesObservations ? observation : default, score, score);
        var deviations = _outputs.LogStandardDeviation is { } slot ? slot.In(memory) : default;
        _distribution.Draw(score, deviations, random, action);
        if (Metadata.Actions is BoxActionSpace box)
            box.Clip(action, action);
        return _distribution.LogProbability(score, deviations, action);
    }

    private static InvalidOperationException NotStochastic() => new(
        $"The policy's graph has no output '{PolicyValues.LogStandardDeviation}', float[N, k]: its actions can be neither drawn nor given a probability.");

    private ArgumentException WrongLength(int length, string name) =>
        new($"There are {length} values, but an observation of this policy has {ObservationLength}.", name);

    private static void CheckLength(int length, int rows, int columns, string name)
    {
        if (length != (long)rows * columns)
            throw new ArgumentException($"There is room for {length} values instead of {columns} for each of {rows} observations.", name);
    }
}
