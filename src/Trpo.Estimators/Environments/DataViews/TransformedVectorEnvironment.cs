using Microsoft.ML;
using Trpo.Estimators.Environments.Stepping;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>A block of environments seen through the transforms that stand between them and a policy.</summary>
internal sealed class TransformedVectorEnvironment : IDisposable
{
    private readonly LockStepCursor[] _cursors;

    /// <param name="environment">Where the rows come from.</param>
    /// <param name="count">The number of environments.</param>
    /// <param name="data">The environment's view, or a transform of it.</param>
    /// <param name="column">The column of <paramref name="data"/> that the policy reads.</param>
    /// <exception cref="LockStepException">The view does not read from the environment, or not row by row.</exception>
    /// <exception cref="EnvironmentException">The environments could not be created.</exception>
    public TransformedVectorEnvironment(EnvironmentDataView environment, int count, IDataView data, DataViewSchema.Column column)
    {
        _cursors = new LockStepCursor[count];
        var lineage = DataViewLineage.Of(data);
        (Lineage, KeepsState) = (lineage.ToString(), lineage.KeepsState);
        try
        {
            for (var i = 0; i < count; i++)
                _cursors[i] = new LockStepCursor(environment, data, column);
            Environments = new VectorEnvironment(environment.Specification, count);
            Queue = new StepQueue(Environments, environment.ActionSpace.Length, environment.Threads);
        }
        catch
        {
            DisposeCursors();
            Environments?.Dispose();
            throw;
        }
    }

    /// <summary>The environments.</summary>
    public VectorEnvironment Environments { get; }

    /// <summary>What they do next.</summary>
    public StepQueue Queue { get; }

    /// <summary>The views that the data are made of.</summary>
    public string Lineage { get; }

    /// <summary>Whether a transform is known to keep a state from row to row, which nobody can save.</summary>
    public bool KeepsState { get; }

    /// <summary>Whether the states of all environments can be saved, and no transform keeps one.</summary>
    public bool IsCheckpointable => Environments.IsCheckpointable && !KeepsState;

    /// <summary>The number of environments.</summary>
    public int Count => Environments.Count;

    /// <summary>The number of values of an observation as the policy sees it.</summary>
    public int ObservationLength => _cursors[0].Length;

    /// <summary>Sends what environment <paramref name="index"/> returned last through the transforms.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="observation">Receives what arrives at the policy, <c>[ObservationLength]</c>.</param>
    public void Read(int index, Span<float> observation) => _cursors[index].Read(Environments.Observation(index), observation);

    /// <summary>Runs something on the environments and disposes them; where both fail, the first failure is the one that counts.</summary>
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

    public void Dispose()
    {
        try
        {
            // No thread may be in an environment that is disposed.
            Queue.Dispose();
            DisposeCursors();
        }
        finally
        {
            Environments.Dispose();
        }
    }

    private void DisposeCursors()
    {
        foreach (var cursor in _cursors)
            cursor?.Dispose();
    }
}
