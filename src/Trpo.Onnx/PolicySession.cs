using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using Trpo.Onnx.Columns;
using Trpo.Onnx.Runtime;
using Trpo.Runtime.Files;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Sampling;
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
    private readonly RowReaders _readers;
    private readonly IdleBatches _batches;

    internal PolicySession(IEngine engine, PolicyMetadata metadata, ImmutableArray<GraphInput> inputs, bool hasDeviations)
        : this(engine, metadata, new RowReaders(inputs), hasDeviations)
    {
    }

    private PolicySession(IEngine engine, PolicyMetadata metadata, RowReaders readers, bool hasDeviations)
    {
        _engine = engine;
        _readers = readers;
        _hasDeviations = hasDeviations;
        Metadata = metadata;
        _batches = new IdleBatches(rows => CreateUnboundBatch(rows, ActionSelection.Mode));
    }

    /// <summary>The metadata of the model.</summary>
    public PolicyMetadata Metadata { get; }

    /// <summary>
    /// The columns of a row: the raw columns that the transforms in the graph take; or, if <see cref="TakesObservations"/>, one vector of
    /// <see cref="PolicyInputType.Single"/>.
    /// </summary>
    public ImmutableArray<PolicyInputColumn> InputColumns => _readers.Columns;

    /// <summary>True if the policy takes one observation, <c>[d]</c>, by <see cref="Act(ReadOnlySpan{float})"/>; false if it takes raw columns, by <see cref="ActOn{TRow}(TRow)"/>.</summary>
    public bool TakesObservations => _readers.IsObservation;

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
        return SessionOpening.Open(BoundedFile.Read(path, MaxBytes), path, trust);
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
        return SessionOpening.Open(model, "the model", trust);
    }

    /// <summary>Creates the memory for up to <paramref name="capacity"/> observations at a time.</summary>
    /// <param name="capacity">The maximum number of rows, at least 1.</param>
    /// <param name="selection">The selection of actions; null, the default, for <see cref="ActionSelection.Mode"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="capacity"/> is less than 1, or more rows than an array has room for.</exception>
    /// <exception cref="InvalidOperationException">Actions are to be drawn, but the policy's graph does not output their distribution; or with a floor, but they are a box.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public PolicyBatch CreateBatch(int capacity, ActionSelection? selection = null) => CreateBatch(capacity, selection ?? ActionSelection.Mode, isBound: true);

    /// <summary>
    /// Returns the most probable choice of a policy over a discrete space. Any number of threads may call it at once. It allocates no memory where
    /// <see cref="Engine"/> is managed; in OnnxRuntime, none once as many threads, up to 64, have called it at once.
    /// </summary>
    /// <param name="observation">The observation, <c>[d]</c>.</param>
    /// <returns>The index of the choice, from 0; -1 if the observation has a NaN (or infinities that result in one).</returns>
    /// <exception cref="ArgumentException">The observation has another length.</exception>
    /// <exception cref="InvalidOperationException">The policy's actions are not discrete, or it takes raw columns.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public int Act(ReadOnlySpan<float> observation)
    {
        if (Metadata.Actions is not DiscreteActionSpace)
            throw NotDiscrete();
        if (TakesObservations && observation.Length != Metadata.Observations.Length)
            throw WrongLength(observation.Length, nameof(observation));
        var action = 0f;
        Act(observation, new Span<float>(ref action));
        return (int)action;
    }

    /// <summary>
    /// Computes the deterministic actions of a number of observations. Any number of threads may call it at once. It allocates no memory where
    /// <see cref="Engine"/> is managed; in OnnxRuntime, none once as many threads, up to 64, have called it at once with as many observations.
    /// </summary>
    /// <param name="observations">The observations, <c>[N, d]</c>.</param>
    /// <param name="actions">
    /// Receives the actions, <c>[N, k]</c>: indices, zeros and ones, or numbers. A missing action, of an observation with a NaN, is -1 in a discrete space
    /// and NaN in every other.
    /// </param>
    /// <exception cref="ArgumentException">The observations are not a number of rows, or the actions have another length.</exception>
    /// <exception cref="InvalidOperationException">The policy takes raw columns.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void Act(ReadOnlySpan<float> observations, Span<float> actions)
    {
        if (!TakesObservations)
            throw new InvalidOperationException($"The policy takes the columns {string.Join(", ", InputColumns)}: use {nameof(ActOn)}, or a batch.");
        var (observationLength, actionLength) = (Metadata.Observations.Length, Metadata.Actions.Length);
        var rows = observations.Length / observationLength;
        if (observations.Length != rows * observationLength)
            throw WrongLength(observations.Length, nameof(observations));
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

    /// <summary>Returns the most probable choice for a row of raw columns. Any number of threads may call it at once.</summary>
    /// <typeparam name="TRow">The type of the row, as in <see cref="PolicyBatch.SetRow"/>.</typeparam>
    /// <param name="row">The row, an object with a property or field for each of the <see cref="InputColumns"/>.</param>
    /// <returns>The index of the choice, from 0; -1 if it is missing, because what the transforms make of the row has a NaN.</returns>
    /// <exception cref="ArgumentException">A column has no member, or one of another type or length; the message names the column.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A key is above the column's count.</exception>
    /// <exception cref="InvalidOperationException">The policy's actions are not discrete, or its graph fails on these values.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public int ActOn<[DynamicallyAccessedMembers(RowReaders.Members)] TRow>(TRow row)
        where TRow : notnull
    {
        if (Metadata.Actions is not DiscreteActionSpace)
            throw NotDiscrete();
        var action = 0f;
        ActOn(row, new Span<float>(ref action));
        return (int)action;
    }

    /// <summary>Computes the deterministic action for a row of raw columns. Any number of threads may call it at once.</summary>
    /// <typeparam name="TRow">The type of the row, as in <see cref="PolicyBatch.SetRow"/>.</typeparam>
    /// <param name="row">The row, an object with a property or field for each of the <see cref="InputColumns"/>.</param>
    /// <param name="action">Receives the action, <c>[k]</c>; a missing one is -1 in a discrete space and NaN in every other.</param>
    /// <exception cref="ArgumentException">A column has no member, or one of another type or length; or the action has another length.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A key is above the column's count.</exception>
    /// <exception cref="InvalidOperationException">The policy's graph fails on these values.</exception>
    /// <exception cref="ObjectDisposedException">The session was disposed.</exception>
    public void ActOn<[DynamicallyAccessedMembers(RowReaders.Members)] TRow>(TRow row, Span<float> action)
        where TRow : notnull
    {
        ArgumentNullException.ThrowIfNull(row);
        if (action.Length != Metadata.Actions.Length)
            throw new ArgumentException($"There is room for {action.Length} values instead of {Metadata.Actions.Length}.", nameof(action));
        var batch = _batches.Take(1);
        try
        {
            batch.SetRow(0, row);
            batch.Run(1);
            batch.CopyAction(action);
        }
        finally
        {
            _batches.Return(batch);
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
    internal PolicySession Share() => new(_engine.Share(), Metadata, _readers, _hasDeviations);

    internal static InvalidOperationException NotStochastic() => new(
        $"The policy's graph has no output '{PolicyValues.LogStandardDeviation}', float[N, k]: its actions can be neither drawn nor given a probability.");

    private ArgumentException WrongLength(int length, string name) => new($"There are {length} values, but an observation of this policy has {Metadata.Observations.Length}.", name);

    private InvalidOperationException NotDiscrete() => new($"The policy's actions are vectors, {Metadata.Actions}: pass a span that receives them.");

    private PolicyBatch CreateBatch(int capacity, ActionSelection selection, bool isBound)
    {
        if (selection.IsSampled && !IsStochastic)
            throw NotStochastic();
        ExplorationFloor.Check(selection.Floor, Metadata.Actions);
        return new PolicyBatch(_engine, Metadata, _readers, _hasDeviations, capacity, selection, isBound);
    }
}
