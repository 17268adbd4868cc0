using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx.Admission;
using Trpo.Onnx.Graph.Format;
using Trpo.Onnx.Runtime;
using Trpo.Runtime;
using Trpo.Runtime.Files;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Onnx;

/// <summary>
/// An exported policy, ready to run: observations in, actions and scores out. Any number of threads may act by one session at once, and dispose it. A
/// <see cref="PolicyBatch"/>, which draws actions and reads scores too, belongs to one thread.
/// </summary>
public sealed class PolicySession : IDisposable
{
    /// <summary>The maximum length of an ONNX file that is opened, in bytes: 256 MiB.</summary>
    public const int MaxBytes = 256 << 20;

    private readonly IEngine _engine;
    private readonly bool _hasDeviations;
    private readonly IdleBatches _batches;

    private PolicySession(IEngine engine, PolicyMetadata metadata, bool hasDeviations)
    {
        _engine = engine;
        _hasDeviations = hasDeviations;
        Metadata = metadata;
        _batches = new IdleBatches(rows => CreateUnboundBatch(rows, ActionSelection.Mode));
    }

    /// <summary>The metadata of the model.</summary>
    public PolicyMetadata Metadata { get; }

    /// <summary>The engine that runs the policy: managed code where the graph allows, OnnxRuntime for every other.</summary>
    public PolicyEngine Engine => _engine is ManagedEngine ? PolicyEngine.Managed : PolicyEngine.OnnxRuntime;

    /// <summary>True if the policy's graph outputs the distribution of its actions, so that they can be drawn and given a probability.</summary>
    public bool IsStochastic => _hasDeviations || Metadata.Actions is not BoxActionSpace;

    /// <summary>
    /// Opens an exported policy. The file is not trusted: before any engine reads it, it is checked to be a policy that is complete and undamaged, that
    /// needs no other file, has admitted operators only, and whose memory and work are within limits.
    /// </summary>
    /// <param name="path">The ONNX file, of <see cref="MaxBytes"/> at most.</param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a policy, is damaged or is not admitted.</exception>
    public static PolicySession Open(string path) => Open(path, trust: false);

    /// <summary>Opens an exported policy.</summary>
    /// <param name="path">The ONNX file, of <see cref="MaxBytes"/> at most.</param>
    /// <param name="trust">
    /// True if the caller vouches for the file: its operators, its memory and its work are not checked, and it can exhaust or block the process. Its
    /// digest and its form are checked nevertheless.
    /// </param>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is not a policy, is damaged or is not admitted.</exception>
    public static PolicySession Open(string path, bool trust)
    {
        ArgumentNullException.ThrowIfNull(path);
        return Open(BoundedFile.Read(path, MaxBytes), path, trust);
    }

    /// <summary>Opens an exported policy from memory, which is not trusted.</summary>
    /// <param name="model">The bytes of the ONNX model.</param>
    /// <exception cref="InvalidDataException">The bytes are not a policy, are damaged or are not admitted.</exception>
    public static PolicySession Open(byte[] model) => Open(model, trust: false);

    /// <summary>Opens an exported policy from memory.</summary>
    /// <param name="model">The bytes of the ONNX model.</param>
    /// <param name="trust">
    /// True if the caller vouches for the bytes: their operators, their memory and their work are not checked, and they can exhaust or block the
    /// process. Their digest and their form are checked nevertheless.
    /// </param>
    /// <exception cref="InvalidDataException">The bytes are not a policy, are damaged or are not admitted.</exception>
    public static PolicySession Open(byte[] model, bool trust)
    {
        ArgumentNullException.ThrowIfNull(model);
        return Open(model, "the model", trust);
    }

    /// <summary>Creates the memory for up to <paramref name="capacity"/> observations at a time.</summary>
    /// <param name="capacity">The maximum number of rows, at least 1.</param>
    /// <param name="selection">The selection of actions; null, the default, for <see cref="ActionSelection.Mode"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1.</exception>
    /// <exception cref="InvalidOperationException">Actions are to be drawn, but the policy's graph does not output their distribution.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public PolicyBatch CreateBatch(int capacity, ActionSelection? selection = null) => CreateBatch(capacity, selection ?? ActionSelection.Mode, isBound: true);

    /// <summary>
    /// Returns the most probable choice of a policy over a discrete space. Any number of threads may call it at once; it allocates no memory once as many
    /// threads have called it before.
    /// </summary>
    /// <param name="observation">The observation, <c>[d]</c>.</param>
    /// <returns>The index of the choice, from 0; -1 if the observation has a NaN (or infinities that result in one).</returns>
    /// <exception cref="ArgumentException">The observation has another length.</exception>
    /// <exception cref="InvalidOperationException">The policy's actions are not discrete.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public int Act(ReadOnlySpan<float> observation)
    {
        if (Metadata.Actions is not DiscreteActionSpace)
            throw new InvalidOperationException($"The policy's actions are vectors, {Metadata.Actions}: pass a span that receives them.");
        var action = 0f;
        Act(observation, new Span<float>(ref action));
        return (int)action;
    }

    /// <summary>
    /// Computes the deterministic actions of a number of observations. Any number of threads may call it at once; it allocates no memory once as many
    /// threads have called it before.
    /// </summary>
    /// <param name="observations">The observations, <c>[N, d]</c>.</param>
    /// <param name="actions">
    /// Receives the actions, <c>[N, k]</c>: indices, zeros and ones, or numbers. A missing action, of an observation with a NaN, is -1 in a discrete space
    /// and NaN in every other.
    /// </param>
    /// <exception cref="ArgumentException">The observations are not a number of rows, or the actions have another length.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions)
    {
        var (observationLength, actionLength) = (Metadata.Observations.Length, Metadata.Actions.Length);
        var rows = observations.Length / observationLength;
        if (observations.Length != rows * observationLength)
            throw new ArgumentException($"There are {observations.Length} values, but an observation of this policy has {observationLength}.", nameof(observations));
        if (actions.Length != (long)rows * actionLength)
            throw new ArgumentException($"There is room for {actions.Length} values instead of {actionLength} for each of {rows} observations.", nameof(actions));
        if (_engine.Managed is { } policy)
        {
            policy.Act(observations, actions);
            return;
        }

        for (var (first, count) = (0, 0); first < rows; first += count)
        {
            count = IdleBatches.RowsOf(rows - first);
            var batch = _batches.Take(count);
            try
            {
                batch.Act(observations.Slice(first * observationLength, count * observationLength), actions.Slice(first * actionLength, count * actionLength));
            }
            finally
            {
                _batches.Return(batch);
            }
        }
    }

    /// <summary>Frees the session once the runs that are under way have ended; further ones throw <see cref="ObjectDisposedException"/>.</summary>
    public void Dispose()
    {
        _engine.Dispose();
        _batches.Dispose();
    }

    /// <summary>Creates the memory for a number of observations that belongs to no thread, for an owner that sees to it that threads take turns.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    internal PolicyBatch CreateUnboundBatch(int capacity, ActionSelection selection) => CreateBatch(capacity, selection, isBound: false);

    /// <summary>Creates a session of the same policy, for another owner to dispose.</summary>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    internal PolicySession Share() => new(_engine.Share(), Metadata, _hasDeviations);

    internal static InvalidOperationException NotStochastic() => new(
        $"The policy's graph has no output '{PolicyValues.LogStandardDeviation}', float[N, k]: its actions can be neither drawn nor given a probability.");

    private PolicyBatch CreateBatch(int capacity, ActionSelection selection, bool isBound)
    {
        if (selection.IsSampled && !IsStochastic)
            throw NotStochastic();
        return new PolicyBatch(_engine, Metadata, _hasDeviations, capacity, selection, isBound);
    }

    internal static PolicySession Open(byte[] model, string source, bool trust)
    {
        try
        {
            if (model.AsSpan().StartsWith("PK"u8))
                throw new InvalidDataException("It is a zip archive, as ML.NET's model files are: PolicyModel.Load reads those.");
            if (model.Length > MaxBytes)
                throw new InvalidDataException($"It has more than {MaxBytes >> 20} MiB, the maximum that this library reads.");
            if (!trust)
                Admit(model);
            return OpenManaged(model) ?? OpenInOnnxRuntime(model);
        }
        catch (Exception exception) when (exception is OnnxRuntimeException or InvalidDataException)
        {
            throw new InvalidDataException($"Could not open a policy from {source}: {exception.Message}", exception);
        }
    }

    // The metadata are read first: until then, the number of objects that the bytes may become is not bounded.
    private static void Admit(byte[] model)
    {
        var metadata = PolicyMetadata.FromOnnx(model);
        GraphAdmission.Check(ModelProto.Parser.ParseFrom(model), Math.Max(metadata.Observations.Length, Math.Max(metadata.Actions.Length, metadata.Actions.ScoreLength)));
    }

    private static PolicySession? OpenManaged(byte[] model)
    {
        if (!Policy.TryOpen(model, out var policy) || policy.Inputs is not [{ Name: PolicyValues.Observation }])
            return null;
        return new PolicySession(new ManagedEngine(policy), policy.Metadata, policy.HasStandardDeviations);
    }

    private static PolicySession OpenInOnnxRuntime(byte[] model)
    {
        var metadata = PolicyMetadata.FromOnnx(model);
        using var options = SessionSettings.Create();
        var session = new InferenceSession(model, options);
        try
        {
            Check(session, metadata);
            var hasDeviations = metadata.Actions is BoxActionSpace && session.OutputMetadata.ContainsKey(PolicyValues.LogStandardDeviation);
            var policy = new PolicySession(new OnnxEngine(session), metadata, hasDeviations);

            // Some errors of a graph, such as an index that is out of range, show only when it runs.
            using var row = policy.CreateBatch(1);
            row.Run(1);
            return policy;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    private static void Check(InferenceSession session, PolicyMetadata metadata)
    {
        CheckTakesObservations(session.InputMetadata);
        Check(session.InputMetadata, "input", PolicyValues.Observation, typeof(float), metadata.Observations.Length);
        Check(session.OutputMetadata, "output", PolicyValues.Score, typeof(float), metadata.Actions.ScoreLength);
        var element = metadata.Actions is BoxActionSpace ? typeof(float) : typeof(long);
        Check(session.OutputMetadata, "output", PolicyValues.Action, element, metadata.Actions is DiscreteActionSpace ? null : metadata.Actions.Length);
        if (metadata.Actions is BoxActionSpace && session.OutputMetadata.ContainsKey(PolicyValues.LogStandardDeviation))
            Check(session.OutputMetadata, "output", PolicyValues.LogStandardDeviation, typeof(float), metadata.Actions.Length);
    }

    // A policy that was exported with transforms may take raw columns instead of observations.
    private static void CheckTakesObservations(IReadOnlyDictionary<string, NodeMetadata> inputs)
    {
        if (inputs.Count == 1 && inputs.ContainsKey(PolicyValues.Observation))
            return;
        throw new InvalidDataException(
            $"The graph takes the raw columns {string.Join(", ", inputs.Keys.Select(name => $"'{name}'"))} and not the one input '{PolicyValues.Observation}': run it with OnnxRuntime's InferenceSession, or export the policy alone with {nameof(PolicyTransformer)}.{nameof(PolicyTransformer.SaveOnnx)}.");
    }

    private static void Check(IReadOnlyDictionary<string, NodeMetadata> nodes, string kind, string name, Type element, int? columns)
    {
        if (!nodes.TryGetValue(name, out var node))
            throw new InvalidDataException($"The graph has no {kind} '{name}'.");
        int[] expected = columns is { } count ? [-1, count] : [-1];
        if (!node.IsTensor || node.ElementType != element || !node.Dimensions.AsSpan().SequenceEqual(expected))
        {
            throw new InvalidDataException(
                $"The graph's {kind} '{name}' is {node.ElementType?.Name}[{string.Join(", ", node.Dimensions)}], but the metadata says {element.Name}[{string.Join(", ", expected)}].");
        }
    }
}
