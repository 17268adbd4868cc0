namespace Trpo.Tests.Workers;

/// <summary>The processes of workers that have ended: every call to one fails until the training moves the block.</summary>
/// <param name="failure">The message of the calls that fail.</param>
internal sealed class EndedProcesses(string failure)
{
    private readonly object _gate = new();
    private readonly HashSet<LocalTransport.LocalConnection> _ended = [];

    /// <summary>The number of processes that have ended.</summary>
    public int Count { get; private set; }

    /// <summary>Ends the process of a worker.</summary>
    public void End(LocalTransport.LocalConnection connection)
    {
        lock (_gate)
        {
            if (_ended.Add(connection))
                Count++;
        }

        connection.Lose();
    }

    /// <summary>Throws if the process of a worker has ended.</summary>
    public void ThrowIfEnded(LocalTransport.LocalConnection connection)
    {
        lock (_gate)
        {
            if (_ended.Contains(connection))
                throw new TimeoutException(failure);
        }
    }

    /// <summary>Moves a block to a new process.</summary>
    public void Move(LocalTransport.LocalConnection connection)
    {
        lock (_gate)
            _ended.Remove(connection);
        connection.Lose();
    }
}
