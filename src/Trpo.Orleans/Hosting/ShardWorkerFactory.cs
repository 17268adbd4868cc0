using Microsoft.ML;
using Trpo.Estimators.Workers;
using Trpo.Estimators.Workers.Hosting;

namespace Trpo.Orleans.Hosting;

/// <summary>Workers that compute shards.</summary>
/// <param name="registry">The parts that trainings may use.</param>
internal sealed class ShardWorkerFactory(WorkerRegistry registry) : IBlockWorkerFactory
{
    /// <inheritdoc/>
    public IBlockWorker Create() => new Adapter(new ShardWorker(new MLContext(), registry));

    private sealed class Adapter(ShardWorker worker) : IBlockWorker
    {
        public WorkerStatus Status => worker.Status;

        public Task Completion => worker.Completion;

        public Task<byte[]> SendAsync(byte[] request) => worker.SendAsync(request);

        public byte[] Ask(byte[] question) => worker.Ask(question);

        public void Dispose() => worker.Dispose();
    }
}
