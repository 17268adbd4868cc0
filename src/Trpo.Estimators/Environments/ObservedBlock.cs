using Microsoft.ML;

namespace Trpo.Estimators.Environments;

/// <summary>A block of environments seen through the transforms that stand between them and a policy.</summary>
internal sealed class ObservedBlock : IDisposable
{
    private readonly LockStepReader[] _readers;

    /// <param name="environment">Where the rows come from.</param>
    /// <param name="count">The number of environments.</param>
    /// <param name="data">The environment's view, or a transform of it.</param>
    /// <param name="column">The column of <paramref name="data"/> that the policy reads.</param>
    /// <exception cref="LockStepException">The view does not read from the environment, or not row by row.</exception>
    /// <exception cref="EnvironmentException">The environments could not be created.</exception>
    public ObservedBlock(EnvironmentDataView environment, int count, IDataView data, DataViewSchema.Column column)
    {
        _readers = new LockStepReader[count];
        var lineage = DataViewLineage.Of(data);
        (Lineage, KeepsState) = (lineage.ToString(), lineage.KeepsState);
        try
        {
            for (var i = 0; i < count; i++)
                _readers[i] = new LockStepReader(environment, data, column);
            Block = new EnvironmentBlock(environment, count);
            Turn = new EnvironmentTurn(Block, environment.ActionSpace.Length, environment.Threads);
        }
        catch
        {
            DisposeReaders();
            Block?.Dispose();
            throw;
        }
    }

    /// <summary>The environments.</summary>
    public EnvironmentBlock Block { get; }

    /// <summary>What they do next.</summary>
    public EnvironmentTurn Turn { get; }

    /// <summary>The views that the data are made of.</summary>
    public string Lineage { get; }

    /// <summary>Whether a transform is known to keep a state from row to row, which nobody can save.</summary>
    public bool KeepsState { get; }

    /// <summary>Whether the states of all environments can be saved, and no transform keeps one.</summary>
    public bool IsCheckpointable => Block.IsCheckpointable && !KeepsState;

    /// <summary>The number of environments.</summary>
    public int Count => Block.Count;

    /// <summary>The number of values of an observation as the policy sees it.</summary>
    public int ObservationLength => _readers[0].Length;

    /// <summary>Sends what environment <paramref name="index"/> returned last through the transforms.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="observation">Receives what arrives at the policy, <c>[ObservationLength]</c>.</param>
    public void Read(int index, Span<float> observation) => _readers[index].Read(Block.Observation(index), observation);

    /// <summary>Runs something on the environments and disposes them; where both fail, the first failure is the one that counts.</summary>
    public T Use<T>(Func<ObservedBlock, T> body)
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
            Turn.Dispose();
            DisposeReaders();
        }
        finally
        {
            Block.Dispose();
        }
    }

    private void DisposeReaders()
    {
        foreach (var reader in _readers)
            reader?.Dispose();
    }
}
