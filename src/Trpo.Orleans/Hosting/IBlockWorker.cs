using Trpo.Estimators.Workers;

namespace Trpo.Orleans.Hosting;

/// <summary>The worker of a block of shards, as a silo sees it.</summary>
internal interface IBlockWorker : IDisposable
{
    /// <summary>Gets the present state.</summary>
    WorkerStatus Status { get; }

    /// <summary>Answers a request, however long that takes.</summary>
    Task<byte[]> SendAsync(byte[] request);

    /// <summary>Answers a question at once.</summary>
    byte[] Ask(byte[] question);
}
