using System.Collections.Concurrent;
using System.Diagnostics;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Shards.Remote;
using Trpo.Estimators.Telemetry;

namespace Trpo.Estimators.Workers.Hosting;

/// <summary>The thread of a block, which does one request after another. It owns the block.</summary>
/// <param name="factory">The factory of blocks.</param>
/// <param name="former">The thread of the block that makes way, which is disposed; null for none.</param>
internal sealed class BlockThread(BlockFactory factory, BlockThread? former) : IDisposable
{
    // A former block may be inside a step that never returns.
    private static readonly TimeSpan MaxWait = TimeSpan.FromSeconds(5);

    private readonly object _gate = new();
    private readonly BlockingCollection<BlockRequest> _requests = [];
    private readonly ConcurrentQueue<string> _warnings = new();
    private readonly CancellationTokenSource _givenUp = new();
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private BlockThread? _former = former;
    private Thread? _thread;
    private HostedBlock? _block;
    private BlockRequest? _atWork;
    private volatile WorkerStatus _status = new();

    /// <summary>The present state.</summary>
    public WorkerStatus Status => _status;

    /// <summary>The number of steps of each environment that the current rollout has.</summary>
    public int CollectedSteps => Volatile.Read(ref _block)?.CollectedSteps ?? 0;

    /// <summary>A task that ends when the thread has ended and the block is disposed.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Does a request behind those before.</summary>
    /// <returns>The answer.</returns>
    public Task<byte[]> Enqueue(BlockRequest request)
    {
        lock (_gate)
        {
            if (_thread is null)
            {
                _thread = new Thread(Run) { IsBackground = true, Name = "Trpo worker" };

                // The work is not that of the request that happens to be the first.
                _thread.UnsafeStart();
            }

            _requests.Add(request);
        }

        return request.Answer;
    }

    /// <summary>Cancels asynchronous environment steps, on a thread of the pool: what listens to the cancellation is code of users. The block is of no use afterwards.</summary>
    public void Cancel() => PendingCall.Forget(_givenUp.CancelAsync());

    /// <summary>Ends the thread behind the environment step that it makes, and disposes the block on it. Returns at once.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _requests.CompleteAdding();
            Volatile.Read(ref _atWork)?.Stop();
            if (_thread is null)
                _ended.TrySetResult();
        }

        Cancel();
    }

    private void Run()
    {
        _former?._ended.Task.Wait(MaxWait);
        _former = null;
        try
        {
            foreach (var request in _requests.GetConsumingEnumerable())
            {
                Volatile.Write(ref _atWork, request);
                if (_requests.IsAddingCompleted)
                    request.Abandon();
                else
                    Answer(request);
            }
        }
        finally
        {
            TryEnd();
            _ended.TrySetResult();
        }
    }

    // An answer that cannot be given, because there is no memory for it, is the failure of its request and not of the process.
    private void Answer(BlockRequest request)
    {
        try
        {
            var answer = Do(request);

            // A request that makes way was not done to its end.
            if (_requests.IsAddingCompleted)
                request.Abandon();
            else
                request.Complete(answer.ToArray());
        }
        catch (Exception exception)
        {
            request.Fail(exception);
        }
    }

    private Answer Do(BlockRequest request)
    {
        byte[] result = [];
        using var activity = WorkerTelemetry.Work(OperationOf(request.Operations[^1]).ToString(), request.ParentActivity);
        for (var i = 0; i < request.Operations.Count && !_requests.IsAddingCompleted; i++)
        {
            try
            {
                result = Do(request, request.Operations[i]);
            }
            catch (Exception exception)
            {
                // Whatever the user's code throws is an answer; the training decides what follows.
                if ((request.Operations[i][0] & OperationFlags.MayFail) != 0)
                    continue;
                return AnswerOf(request, AnswerKind.Failed) with { FailedIndex = i, Body = WorkerFailure.Write(exception) };
            }
            finally
            {
                _status = _status with { Operation = "", Restarts = _block?.Restarts ?? 0 };
            }
        }

        return AnswerOf(request, AnswerKind.Done) with { Body = result };
    }

    private Answer AnswerOf(BlockRequest request, AnswerKind kind)
    {
        var warnings = new List<string>();
        while (_warnings.TryDequeue(out var warning))
            warnings.Add(warning);
        return new Answer { Kind = kind, Header = request.Header, CollectedSteps = CollectedSteps, Restarts = _block?.Restarts ?? 0, Warnings = warnings };
    }

    private byte[] Do(BlockRequest request, byte[] bytes)
    {
        var operation = OperationOf(bytes);
        using var arguments = MessageFormat.Open(bytes);
        arguments.ReadByte();
        _status = _status with { Operation = operation.ToString() };
        if (operation == ShardOperation.Begin)
        {
            Begin(arguments);
            return [];
        }

        if (operation == ShardOperation.End)
        {
            End();
            return [];
        }

        var block = _block ?? throw new InvalidDataException($"There is no block for {operation}.");
        if (operation != ShardOperation.Collect)
            return block.Do(operation, arguments, () => request.MustStop);
        var (start, before) = (Stopwatch.GetTimestamp(), block.CollectedSteps);
        try
        {
            return block.Do(operation, arguments, () => request.MustStop);
        }
        finally
        {
            var steps = (long)(block.CollectedSteps - before) * block.EnvironmentCount;
            WorkerTelemetry.CountSteps(steps, block.Setup.Environment);
            _status = _status with
            {
                Steps = _status.Steps + steps,
                RolloutTime = _status.RolloutTime + Stopwatch.GetElapsedTime(start),
            };
        }
    }

    private static ShardOperation OperationOf(byte[] bytes) => (ShardOperation)(bytes[0] & ~OperationFlags.MayFail);

    private void Begin(BinaryReader arguments)
    {
        End();
        var (setup, models, snapshot) = (arguments.ReadArray<byte>("bytes of a setup"), arguments.ReadArray<byte>("bytes of models"), arguments.ReadArray<byte>("bytes of a snapshot"));
        var block = factory.Create(setup, _warnings.Enqueue, _givenUp.Token);
        Volatile.Write(ref _block, block);
        var first = block.Setup.FirstShard;
        if (!block.Begin(models, snapshot))
            _warnings.Enqueue(FormattableString.Invariant($"The environments of shards {first} to {first + block.Setup.Shards - 1} could not be restored on another worker, so that their episodes were dropped and the result differs from that of an undisturbed run: they, or the transforms between them and the policy, have a state that cannot be saved (ICheckpointable)."));
        _status = new WorkerStatus { Environment = block.Setup.Environment, FirstShard = first, Shards = block.Setup.Shards, Environments = block.EnvironmentCount };
    }

    private void TryEnd()
    {
        try
        {
            End();
        }
        catch (Exception exception)
        {
            // Nobody asks any more; the thread ends, and what it could not dispose is left to the garbage collector.
            _warnings.Enqueue($"A block could not be disposed: {exception.Message}");
        }
    }

    private void End()
    {
        var block = _block;
        Volatile.Write(ref _block, null);
        _status = new WorkerStatus { Steps = _status.Steps, RolloutTime = _status.RolloutTime };
        block?.Dispose();
    }
}
