using System.Collections.Concurrent;
using Trpo.Estimators.Workers;
using Trpo.Orleans.Hosting;

namespace Trpo.Orleans.Tests.Support;

/// <summary>A worker that answers a request by its bytes in reverse: at once, or, if the first byte is <see cref="Held"/>, when the test says so.</summary>
internal sealed class FakeWorker : IBlockWorker
{
    public const byte Held = 255;

    private readonly ConcurrentQueue<TaskCompletionSource<byte[]>> _held = [];
    private readonly SemaphoreSlim _arrived = new(0);
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    public WorkerStatus Status { get; private set; } = new();

    public int Requests => _requests;

    /// <summary>Ends when the worker is disposed.</summary>
    public Task Disposed => _disposed.Task;

    public Task Completion => _disposed.Task;

    public Task<byte[]> SendAsync(byte[] request)
    {
        Interlocked.Increment(ref _requests);
        Status = new WorkerStatus { Training = new Guid(1, 2, 3, new byte[8]), Environment = "walk", FirstShard = 4, Shards = 1, Environments = 8, Begins = 1, Steps = 100, RolloutTime = TimeSpan.FromSeconds(0.5), Restarts = 3, Operation = "Collect" };
        if (request[0] != Held)
            return Task.FromResult<byte[]>([.. request.Reverse()]);
        var answer = new TaskCompletionSource<byte[]>(TaskCreationOptions.RunContinuationsAsynchronously);
        _held.Enqueue(answer);
        _arrived.Release();
        return answer.Task;
    }

    public byte[] Ask(byte[] question) => [(byte)_held.Count, .. question];

    /// <summary>Waits until a request is held.</summary>
    public Task HoldsAsync() => _arrived.WaitAsync(TimeSpan.FromMinutes(1));

    /// <summary>Answers the held requests.</summary>
    public void Release(params byte[] answer)
    {
        while (_held.TryDequeue(out var held))
            held.SetResult(answer);
    }

    public void Dispose()
    {
        foreach (var held in _held)
            held.TrySetException(new ObjectDisposedException(nameof(FakeWorker)));
        _disposed.TrySetResult();
    }
}
