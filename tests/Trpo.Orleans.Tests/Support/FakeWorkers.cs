using System.Collections.Concurrent;
using Trpo.Orleans.Hosting;

namespace Trpo.Orleans.Tests.Support;

/// <summary>The workers that a silo has created.</summary>
internal sealed class FakeWorkers : IBlockWorkerFactory
{
    private readonly ConcurrentQueue<FakeWorker> _all = [];

    public IReadOnlyList<FakeWorker> All => [.. _all];

    public IBlockWorker Create()
    {
        var worker = new FakeWorker();
        _all.Enqueue(worker);
        return worker;
    }
}
