namespace Trpo.Estimators.Workers;

/// <summary>A way to reach the processes that run the shards of a training. Messages are bytes, which a transport carries and does not read. Implemented once for each kind of cluster.</summary>
public interface IWorkerTransport
{
    /// <summary>Gets the name of the cluster, for messages.</summary>
    string Name { get; }

    /// <summary>Connects to the worker of a block of shards. The transport chooses the process; it may choose another at any time, and a block whose worker is lost is begun again from a copy of its state.</summary>
    /// <param name="block">The name of the block, which no other training uses.</param>
    IWorkerConnection Connect(string block);
}
