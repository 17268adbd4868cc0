using Microsoft.Extensions.Logging;
using Trpo.Estimators.Workers;

namespace Trpo.Orleans.Hosting;

/// <summary>A block of shards on this silo: its worker, the requests that are at work, and the time of the last sign of life of the training. The methods may be called from any thread and compute nothing on it.</summary>
internal sealed class HostedBlock
{
    /// <summary>The time for which a call waits for an answer before the client calls again: well below the 20 seconds after which Orleans reports a call as slow, again and again.</summary>
    public static readonly TimeSpan Wait = TimeSpan.FromSeconds(10);

    private readonly Lock _lock = new();
    private readonly Dictionary<Guid, Task<byte[]>> _answers = [];
    private readonly TaskCompletionSource<byte[]> _ended = new();
    private readonly TaskCompletionSource _disposed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IBlockWorker _worker;
    private readonly Action<string> _deactivate;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private long _lastContact;
    private (Guid Training, int Begins) _begun;
    private string? _endReason;

    /// <summary>Creates the block of a worker.</summary>
    /// <param name="key">The key of the block's grain.</param>
    /// <param name="worker">The worker, which the block disposes.</param>
    /// <param name="deactivate">Deactivates the grain, for a reason.</param>
    /// <param name="time">The source of time.</param>
    /// <param name="log">Receives what begins and ends.</param>
    public HostedBlock(string key, IBlockWorker worker, Action<string> deactivate, TimeProvider time, ILogger log)
    {
        Key = key;
        _worker = worker;
        _deactivate = deactivate;
        _time = time;
        _log = log;
        _lastContact = time.GetTimestamp();
    }

    /// <summary>Gets the key of the block's grain.</summary>
    public string Key { get; }

    /// <summary>Gets or sets the method that is called whenever the block has begun; null for none.</summary>
    public Action? Begun { get; init; }

    /// <summary>Gets the state of the worker.</summary>
    public WorkerStatus Status => _worker.Status;

    /// <summary>True once the block has ended; its worker may still be about to be disposed.</summary>
    public bool HasEnded
    {
        get
        {
            lock (_lock)
                return _endReason is not null;
        }
    }

    /// <summary>Gets the time since the last sign of life of the training.</summary>
    public TimeSpan Idle => _time.GetElapsedTime(Interlocked.Read(ref _lastContact));

    /// <summary>Starts a request, if the call is not a repetition, and waits a while for its answer.</summary>
    /// <returns>The answer; null if there is none yet, so that <see cref="ReceiveAsync"/> is to be called.</returns>
    /// <exception cref="InvalidOperationException">The worker has ended.</exception>
    public Task<byte[]?> SendAsync(Guid id, byte[] request, CancellationToken cancellation)
    {
        Task<byte[]> answer;
        lock (_lock)
        {
            Touch();

            // Answers that nobody fetched: their clients were lost, or have sent the request again.
            foreach (var (old, task) in _answers)
            {
                if (task.IsCompleted && old != id)
                    _answers.Remove(old);
            }

            if (!_answers.TryGetValue(id, out answer!))
            {
                var work = _worker.SendAsync(request);
                work.Ignore();
                _answers[id] = answer = Task.WhenAny(work, _ended.Task).Unwrap();
            }
        }

        return WaitAsync(id, answer, cancellation);
    }

    /// <summary>Waits for the answer of a request that is at work.</summary>
    /// <returns>The answer; null if there is none yet.</returns>
    /// <exception cref="InvalidOperationException">The worker has ended, or does not know the request.</exception>
    public Task<byte[]?> ReceiveAsync(Guid id, CancellationToken cancellation)
    {
        Task<byte[]>? answer;
        lock (_lock)
        {
            Touch();
            answer = _answers.GetValueOrDefault(id);
        }

        return answer is not null ? WaitAsync(id, answer, cancellation) : throw new InvalidOperationException($"The worker of block '{Key}' does not know the request: it has been replaced since.");
    }

    /// <summary>Answers a question at once.</summary>
    /// <exception cref="InvalidOperationException">The worker has ended.</exception>
    public byte[] Ask(byte[] question)
    {
        Touch();
        return _worker.Ask(question);
    }

    /// <summary>Ends the calls that wait, deactivates the grain, and disposes the worker, which may take as long as a step of an environment. Ends once, whoever asks.</summary>
    /// <returns>A task that ends when the worker and its environments are disposed, and does not fail.</returns>
    public Task EndAsync(string reason)
    {
        lock (_lock)
        {
            if (_endReason is not null)
                return _disposed.Task;
            _endReason = reason;
        }

        // The calls that wait end before the worker fails them, which knows no reason.
        _ended.SetException(Ended(reason));
        _ended.Task.Ignore();
        _deactivate(reason);

        // A disposal may wait, and must not do so on a thread that others need.
        Task.Factory.StartNew(DisposeWorkerAsync, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default).Ignore();
        return _disposed.Task;
    }

    private void Touch()
    {
        if (_endReason is { } reason)
            throw Ended(reason);
        Interlocked.Exchange(ref _lastContact, _time.GetTimestamp());
    }

    private async Task<byte[]?> WaitAsync(Guid id, Task<byte[]> answer, CancellationToken cancellation)
    {
        await ((Task)answer).WaitAsync(Wait, _time, cancellation).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!answer.IsCompleted)
        {
            cancellation.ThrowIfCancellationRequested();
            return null;
        }

        lock (_lock)
            _answers.Remove(id);
        var bytes = await answer.ConfigureAwait(false);
        LogBegin();
        return bytes;
    }

    // The answer to a request that began the block leaves another state behind.
    private void LogBegin()
    {
        var status = _worker.Status;
        lock (_lock)
        {
            if (status.Shards == 0 || _begun == (status.Training, status.Begins))
                return;
            _begun = (status.Training, status.Begins);
        }

        _log.BlockBegun(Key, status.Training, status.FirstShard, status.FirstShard + status.Shards - 1, status.Environments, status.Environment);
        Begun?.Invoke();
    }

    private async Task DisposeWorkerAsync()
    {
        var steps = _worker.Status.Steps;
        try
        {
            _worker.Dispose();
            await _worker.Completion.ConfigureAwait(false);
        }
        catch (Exception error)
        {
            // Environments are code of others: any exception is possible, and nobody waits who could handle it.
            _log.DisposeFailed(Key, error);
        }

        _log.BlockEnded(Key, steps, _endReason!);
        _disposed.SetResult();
    }

    private InvalidOperationException Ended(string reason) => new($"The worker of block '{Key}' has ended: {reason}.");
}
