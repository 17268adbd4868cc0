using Microsoft.ML;

namespace Trpo.Estimators.Workers.Hosting;

/// <summary>
/// The worker of one block of shards: creates the block from registered parts, computes what a training asks for on threads of its own, and answers. Requests are checked before they are believed. The
/// methods may be called from any thread and never compute on it.
/// </summary>
public sealed class ShardWorker : IDisposable
{
    /// <summary>Creates a worker that runs nothing yet.</summary>
    /// <param name="ml">The context that transforms are loaded with.</param>
    /// <param name="registry">The parts that trainings may use.</param>
    public ShardWorker(MLContext ml, WorkerRegistry registry)
    {
    }

    /// <summary>Gets the present state.</summary>
    public WorkerStatus Status { get; } = new();

    /// <summary>Answers a request of a training. A request that was answered before is answered again and not computed again.</summary>
    /// <param name="request">The request.</param>
    /// <returns>The answer. Failures are answers too, so that the task fails only if the worker is disposed.</returns>
    /// <exception cref="ObjectDisposedException">The worker is disposed.</exception>
    public Task<byte[]> SendAsync(byte[] request) => throw new NotSupportedException();

    /// <summary>Answers a question about the request at work, at once; the question may tell the worker to stop collecting before the next environment step.</summary>
    /// <param name="question">The question.</param>
    public byte[] Ask(byte[] question) => throw new NotSupportedException();

    /// <summary>Ends the work within one environment step, and disposes the environments.</summary>
    public void Dispose()
    {
    }
}
