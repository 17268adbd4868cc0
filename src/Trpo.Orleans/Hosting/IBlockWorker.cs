using Trpo.Estimators.Workers;

namespace Trpo.Orleans.Hosting;

/// <summary>The worker of a block of shards, as a silo sees it.</summary>
internal interface IBlockWorker : IDisposable
{
    /// <summary>Gets the present state.</summary>
    WorkerStatus Status { get; }

    /// <summary>Gets a task that ends when the worker is disposed and its environments are too, which may take as long as a step of an environment, and does not fail.</summary>
    Task Completion { get; }

    /// <summary>Answers a request, however long that takes.</summary>
    Task<byte[]> SendAsync(byte[] request);

    /// <summary>Answers a question at once.</summary>
    byte[] Ask(byte[] question);
}
