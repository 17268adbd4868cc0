using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators.Environments.Stepping;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>A vector environment whose observations reach the policy through the transforms of a data view.</summary>
internal sealed class TransformedVectorEnvironment : IDisposable
{
    // Empty if the data are the environment's view itself: its observations, validated already, are copied directly.
    private readonly LockStepCursor[] _cursors;
    private readonly int _offset;

    /// <param name="environment">The view of the environment.</param>
    /// <param name="count">The number of environments, at least 1.</param>
    /// <param name="data">A transform of <paramref name="environment"/>, or the view itself.</param>
    /// <param name="column">The column of <paramref name="data"/> that the policy observes, a <c>Vector&lt;Single&gt;</c> of known size.</param>
    /// <exception cref="LockStepException"><paramref name="data"/> does not read from the environment, or not row by row.</exception>
    /// <exception cref="EnvironmentException">The environments could not be created.</exception>
    public TransformedVectorEnvironment(EnvironmentDataView environment, int count, IDataView data, DataViewSchema.Column column)
    {
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
            Unwrapped = new VectorEnvironment(environment.Specification, count);
            Queue = new StepQueue(Unwrapped, environment.ActionSpace.Length, environment.Threads);
        }
        catch
        {
            DisposeCursors();
            Unwrapped?.Dispose();
            throw;
        }
    }

    /// <summary>The environments.</summary>
    public VectorEnvironment Unwrapped { get; }

    /// <summary>The queue of their steps and resets.</summary>
    public StepQueue Queue { get; }

    /// <summary>The names of the views that the data consist of, for messages.</summary>
    public string Lineage { get; }

    /// <summary>True if a transform is known to keep state from row to row, which cannot be saved.</summary>
    public bool HasStatefulTransform { get; }

    /// <summary>True if the states of all environments can be saved and no transform is known to keep one.</summary>
    public bool IsCheckpointable => Unwrapped.IsCheckpointable && !HasStatefulTransform;

    /// <summary>The number of environments.</summary>
    public int Count => Unwrapped.Count;

    /// <summary>The number of values of a transformed observation.</summary>
    public int ObservationLength { get; }

    /// <summary>Reads the current observation of environment <paramref name="index"/> through the transforms.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="observation">Receives the transformed observation, <c>[ObservationLength]</c>.</param>
    /// <exception cref="LockStepException">A transform did not return the row before it asked for the next.</exception>
    /// <exception cref="EnvironmentException">A transformed value is not finite.</exception>
    public void Read(int index, Span<float> observation)
    {
        if (_cursors.Length == 0)
            Unwrapped.Observation(index).Slice(_offset, ObservationLength).CopyTo(observation);
        else
            _cursors[index].Read(Unwrapped, index, observation);
    }

    /// <summary>Calls <paramref name="body"/> and disposes the environments; if both fail, the exception of <paramref name="body"/> is thrown.</summary>
    public T Use<T>(Func<TransformedVectorEnvironment, T> body)
    {
        T result;
        try
        {
            result = body(this);
        }
        catch (Exception exception)
        {
            try
            {
                Dispose();
            }
            catch (AggregateException disposal)
            {
                exception.Data["Disposing the environments failed too"] = disposal.Message;
            }

            throw;
        }

        Dispose();
        return result;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        try
        {
            // The threads end first: none may be inside an environment that is disposed.
            Queue.Dispose();
            DisposeCursors();
        }
        finally
        {
            Unwrapped.Dispose();
        }
    }

    private void DisposeCursors()
    {
        foreach (var cursor in _cursors)
            cursor?.Dispose();
    }
}
