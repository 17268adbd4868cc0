using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>A vector environment whose observations reach the policy through the transforms of a data view.</summary>
internal sealed class TransformedVectorEnvironment : IDisposable
{
    // Empty if the data are the environment's view itself: its observations, validated already, are copied directly.
    private readonly LockStepCursor[] _cursors;
    private readonly int _offset;
    private readonly Action<string>? _warn;
    private readonly IgnoredSlots? _ignored;
    private readonly SteppingOptions _stepping;
    private readonly CancellationToken _cancellation;
    private readonly List<string> _warnings = [];
    private readonly List<TransformedVectorEnvironment> _slices = [];
    private StepQueue? _queue;

    /// <param name="environment">The view of the environment.</param>
    /// <param name="count">The number of environments, at least 1.</param>
    /// <param name="data">A transform of <paramref name="environment"/>, or the view itself.</param>
    /// <param name="column">The column of <paramref name="data"/> that the policy observes, a <c>Vector&lt;Single&gt;</c> of known size.</param>
    /// <param name="warn">Receives warnings; null for no receiver.</param>
    /// <param name="first">The index of the first environment, where other processes have the others. 0 by default.</param>
    /// <param name="totalCount">The number of environments of all processes; null, the default, where these are all.</param>
    /// <param name="cancellation">Cancelled if the work is; asynchronous environments receive it.</param>
    /// <exception cref="LockStepException"><paramref name="data"/> does not read from the environment, or not row by row.</exception>
    /// <exception cref="EnvironmentException">The environments could not be created, or opening a transform was cancelled.</exception>
    public TransformedVectorEnvironment(
        EnvironmentDataView environment, int count, IDataView data, DataViewSchema.Column column, Action<string>? warn = null, int first = 0, int? totalCount = null, CancellationToken cancellation = default)
    {
        (_warn, _stepping, _cancellation) = (warn, environment.Stepping, cancellation);
        var lineage = DataViewLineage.Of(data);
        (Lineage, HasStatefulTransform) = (lineage.ToString(), lineage.HasStatefulTransform);
        ObservationLength = ((VectorDataViewType)column.Type).Size;
        var isTransformed = !ReferenceEquals(data, environment);
        _offset = isTransformed ? 0 : environment.Columns.Offset(column.Index);
        _cursors = isTransformed ? new LockStepCursor[count] : [];
        try
        {
            for (var i = 0; i < _cursors.Length; i++)
                _cursors[i] = new LockStepCursor(environment, data, lineage, column);
            Unwrapped = new VectorEnvironment(environment.Specification, count, warn, environment.StepTimeout, first, totalCount);
            _ignored = isTransformed && HaveSameSlots(Unwrapped.ObservationSpace, column) ? new IgnoredSlots(ObservationLength) : null;
        }
        catch (Exception exception)
        {
            DisposeCursors();
            Unwrapped?.Dispose();
            if (exception is OperationCanceledException)
                throw new EnvironmentException($"The transforms between environment '{environment.Name}' and the policy failed when they were opened: {exception.Message}", exception) { IsOfTransform = true };
            throw;
        }
    }

    // Warnings are kept until the thread that uses the whole asks for them: receivers are called on no other thread.
    private TransformedVectorEnvironment(TransformedVectorEnvironment whole, int first, int count, SteppingOptions stepping)
    {
        (_offset, _stepping, _cancellation) = (whole._offset, stepping, whole._cancellation);
        (Lineage, HasStatefulTransform, ObservationLength) = (whole.Lineage, whole.HasStatefulTransform, whole.ObservationLength);
        _warn = _warnings.Add;
        _cursors = whole._cursors.Length == 0 ? [] : whole._cursors[first..(first + count)];
        _ignored = whole._ignored is null ? null : new IgnoredSlots(ObservationLength);
        Unwrapped = whole.Unwrapped.Slice(first, count, _warn);
    }

    /// <summary>Splits the environments into slices of consecutive ones, as equal as possible, which different threads may use at the same time. The slices are disposed with the whole, which takes no step itself.</summary>
    /// <param name="count">The number of slices, from 1 to <see cref="Count"/>; with 1, the whole is the slice.</param>
    /// <param name="threads">The number of threads that step the environments of a slice.</param>
    public IReadOnlyList<TransformedVectorEnvironment> Split(int count, int threads)
    {
        if (count == 1)
            return [this];
        var stepping = _stepping with { Threads = threads };
        for (var i = 0; i < count; i++)
        {
            var (first, end) = (EnvironmentRange.First(i, Count, count), EnvironmentRange.First(i + 1, Count, count));
            _slices.Add(new TransformedVectorEnvironment(this, first, end - first, stepping));
        }

        return [.. _slices];
    }

    /// <summary>Gives the warnings of the slices to the receiver, slice after slice. Called while no slice is used.</summary>
    public void DeliverWarnings()
    {
        foreach (var slice in _slices)
        {
            foreach (var warning in slice._warnings)
                _warn?.Invoke(warning);
            slice._warnings.Clear();
        }

        Unwrapped.WarnOfTruncation();
    }

    /// <summary>The environments.</summary>
    public VectorEnvironment Unwrapped { get; }

    /// <summary>The queue of their steps and resets.</summary>
    public StepQueue Queue => _queue ??= new StepQueue(Unwrapped, _stepping, _warn, _cancellation);

    /// <summary>The number of threads that step the environments.</summary>
    public int SteppingThreads => _stepping.Threads;

    /// <summary>The number of times that failed environments are replaced by new ones.</summary>
    public int MaxRestarts => _stepping.MaxRestarts;

    /// <summary>The names of the views that the data consist of, for messages.</summary>
    public string Lineage { get; }

    /// <summary>True if a transform is known to keep state from row to row, which cannot be saved.</summary>
    public bool HasStatefulTransform { get; }

    /// <summary>True if the work may end within a step: because it takes too long, or is asynchronous and cancelled.</summary>
    public bool MayEndWithinStep => _stepping.StepTimeout is not null || Unwrapped.HasAsynchronous;

    /// <summary>True if the states of all environments can be saved and no transform is known to keep one.</summary>
    public bool IsCheckpointable => Unwrapped.IsCheckpointable && !HasStatefulTransform;

    /// <summary>True if an environment is stepped asynchronously.</summary>
    public bool HasAsynchronous => Unwrapped.HasAsynchronous;

    /// <summary>The number of environments.</summary>
    public int Count => Unwrapped.Count;

    /// <summary>The number of values of a transformed observation.</summary>
    public int ObservationLength { get; }

    /// <summary>Reads the current observation of environment <paramref name="index"/> through the transforms.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="observation">Receives the transformed observation, <c>[ObservationLength]</c>.</param>
    /// <exception cref="LockStepException">A transform did not return the row before it asked for the next.</exception>
    /// <exception cref="InvalidDataException">A transform returned another number of values than its column declares.</exception>
    /// <exception cref="EnvironmentException">A transform threw another exception, or a transformed value is not finite.</exception>
    public void Read(int index, Span<float> observation) => Read(index, observation, isFirst: false);

    /// <summary>Reads the first observation of an episode of environment <paramref name="index"/>; transforms that keep state from row to row begin with their initial state.</summary>
    /// <inheritdoc cref="Read(int, Span{float})"/>
    public void ReadFirst(int index, Span<float> observation) => Read(index, observation, isFirst: true);

    /// <summary>Ends the threads, and disposes cursors and environments. A failure is a warning: it must neither hide the exception that ended the work nor cost its result.</summary>
    public void Dispose()
    {
        // The threads end first: none may be inside an environment that is disposed.
        foreach (var slice in _slices)
            slice._queue?.Dispose();
        _queue?.Dispose();
        DisposeCursors();
        Unwrapped.Dispose();
    }

    /// <summary>Returns the slots that have varied in the environment so far and been constant behind the transforms, each with its range in the environment.</summary>
    public IReadOnlyList<(int Slot, float Min, float Max)> FindIgnored() =>
        _ignored is null ? [] : _slices.Count == 0 ? _ignored.Find() : IgnoredSlots.Merge([.. _slices.Select(slice => slice._ignored!)]).Find();

    /// <summary>Returns what <see cref="FindIgnored"/> is found from, for the process that trains; empty if the transforms change the slots.</summary>
    public float[] GetSlotRanges() => _ignored?.GetRanges() ?? [];

    /// <summary>Includes a part of the environments that other processes step in <see cref="FindIgnored"/>, and warns, once for all parts, of an episode that was truncated because it reached the limit.</summary>
    /// <param name="slotRanges">The <see cref="GetSlotRanges"/> of the part.</param>
    /// <param name="truncation">The <see cref="VectorEnvironment.FindTruncation"/> of the part.</param>
    public void Include(ReadOnlySpan<float> slotRanges, string? truncation)
    {
        _ignored?.Add(slotRanges);
        Unwrapped.WarnOfTruncation(truncation);
    }

    private void Read(int index, Span<float> observation, bool isFirst)
    {
        if (_cursors.Length == 0)
        {
            Unwrapped.Observation(index).Slice(_offset, ObservationLength).CopyTo(observation);
            return;
        }

        try
        {
            if (isFirst)
                _cursors[index].BeginEpisode();
            _cursors[index].Read(Unwrapped, index, observation);
            _ignored?.Add(Unwrapped.Observation(index), observation);
        }
        catch (Exception exception) when (exception is not (EnvironmentException or LockStepException or InvalidDataException))
        {
            throw LockStepCursor.TransformFailed(Unwrapped.DescribeStep(index), exception);
        }
    }

    // Without names, slots of another length or of several columns may be in any order.
    private static bool HaveSameSlots(ObservationSpace raw, DataViewSchema.Column column)
    {
        var names = DataViewColumns.GetSlotNames(column);
        return names.IsEmpty ? raw.Columns.IsEmpty && raw.Length == ((VectorDataViewType)column.Type).Size : names.SequenceEqual(raw.Names);
    }

    private void DisposeCursors()
    {
        foreach (var cursor in _cursors)
        {
            try
            {
                cursor?.Dispose();
            }
            catch (Exception exception)
            {
                _warn?.Invoke($"{Lineage} failed in Dispose: {exception.Message}");
            }
        }
    }
}
