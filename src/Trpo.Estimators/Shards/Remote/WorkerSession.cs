using System.Diagnostics;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Telemetry;
using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>
/// The requests of a training to the worker of one block. Where the worker is lost, the block is begun anew from the last state that it sent, and all operations since that changed it are replayed, so that an
/// answer is the same whatever was lost, delivered late or delivered twice. Used by one thread at a time.
/// </summary>
internal sealed class WorkerSession : IDisposable
{
    private readonly IWorkerConnection _connection;
    private readonly TrainingWorkers _workers;
    private readonly StragglerWatch _stragglers;
    private readonly string _where;
    private readonly CancellationToken _cancellation;
    private readonly Guid _training;
    private readonly int _block;
    private readonly string _environment;
    private readonly byte[] _setup;

    // The operations since the state that the block can be begun from, and the number of them that the present worker has done.
    private readonly List<byte[]> _journal = [];
    private readonly List<string> _warnings = [];
    private int _done;
    private byte[] _models = [];
    private byte[] _snapshot = [];
    private int _epoch;
    private long _sequence;
    private int _baseSteps;
    private bool _isBegun;
    private bool _wasBegun;
    private bool _isMoving;

    // A question about the last request that was answered; other threads ask it.
    private volatile byte[]? _greeting;
    private Task _greeted = Task.CompletedTask;

    /// <param name="connection">The connection, which the session disposes.</param>
    /// <param name="workers">The settings.</param>
    /// <param name="training">The identifier of the training.</param>
    /// <param name="setup">What the block is created from.</param>
    /// <param name="stragglers">The times of all blocks of the training.</param>
    /// <param name="cancellation">Ends the attempts to begin the block anew.</param>
    public WorkerSession(IWorkerConnection connection, TrainingWorkers workers, Guid training, BlockSetup setup, StragglerWatch stragglers, CancellationToken cancellation)
    {
        _stragglers = stragglers;
        (_connection, _workers, _training, _block, _environment, _setup, _cancellation) = (connection, workers, training, setup.FirstShard, setup.Environment, setup.ToArray(), cancellation);
        _where = setup.Shards == 1 ? FormattableString.Invariant($"shard {setup.FirstShard}") : FormattableString.Invariant($"shards {setup.FirstShard} to {setup.FirstShard + setup.Shards - 1}");
    }

    /// <summary>The number of steps of each environment that the current rollout has, as far as the worker has told.</summary>
    public int CollectedSteps { get; set; }

    /// <summary>True if the training is cancelled.</summary>
    public bool IsCancelled => _cancellation.IsCancellationRequested;

    /// <summary>The number of failed environments that have been replaced.</summary>
    public int Restarts { get; private set; }

    /// <summary>The number of times that the block was begun.</summary>
    public int Begins => _epoch;

    /// <summary>The times of the calls since they were last set to new ones.</summary>
    public CallTimes Times { get; set; } = new();

    /// <summary>Makes a state the one that the block is begun from where its worker is lost, and moves the block if the connection asks for it.</summary>
    /// <param name="models">The state of the models.</param>
    /// <param name="snapshot">The states of the shards; empty for those at the start of a training.</param>
    /// <param name="canMove">True if another worker can begin the block from the state without a loss.</param>
    public void Rebase(byte[] models, byte[] snapshot, bool canMove)
    {
        (_models, _snapshot, _baseSteps) = (models, snapshot, CollectedSteps);
        _journal.Clear();
        _done = 0;

        // Now another worker can begin the block without computing anything again.
        if (canMove && _isBegun && _connection.ShouldMove)
        {
            PendingCall.Move(_connection, _workers.LossTimeout, _cancellation);
            (_isBegun, _isMoving) = (false, true);
        }
    }

    /// <summary>Adds an operation without a result, which goes with the next call.</summary>
    public void Post(byte[] operation) => _journal.Add(operation);

    /// <summary>Does an operation, and those that were posted before, and returns its result.</summary>
    /// <param name="operation">The operation.</param>
    /// <param name="changesState">False if the block is the same afterwards, so that the operation need not be replayed.</param>
    /// <param name="mustStop">Asked from time to time how the worker is to end the operation. Null for never.</param>
    /// <exception cref="WorkerException">No worker could be reached, or the worker cannot run the block.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled while no worker could be reached.</exception>
    public byte[] Call(byte[] operation, bool changesState = true, Func<StopLevel>? mustStop = null)
    {
        var start = Stopwatch.GetTimestamp();
        var answer = Do(operation, changesState, mustStop);
        Times.Add(operation, Stopwatch.GetElapsedTime(start));
        return answer;
    }

    /// <summary>Gives the warnings of the worker to a receiver.</summary>
    public void DeliverWarnings(Action<string> warn)
    {
        lock (_warnings)
        {
            foreach (var warning in _warnings)
                warn(warning);
            _warnings.Clear();
        }
    }

    /// <summary>Shows a worker that waits, while others work or the training does something else, that its training lives. Any thread may call this, one at a time.</summary>
    public void Greet()
    {
        if (_greeting is not { } question || !_greeted.IsCompleted)
            return;
        _greeted = PendingCall.Start(() => _connection.AskAsync(question, CancellationToken.None)).WaitAsync(_workers.LossTimeout);
        PendingCall.Forget(_greeted);
    }

    /// <summary>Tells the worker that the training has ended.</summary>
    /// <returns>The task of its answer, which may never come.</returns>
    public Task EndAsync()
    {
        if (!_isBegun)
            return Task.CompletedTask;
        _isBegun = false;
        var request = Request(new RequestHeader(_training, _block, _epoch, _sequence + 1), [[(byte)ShardOperation.End]]);
        return PendingCall.Start(() => _connection.SendAsync(request, CancellationToken.None));
    }

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _connection.Dispose();

    private byte[] Do(byte[] operation, bool changesState, Func<StopLevel>? mustStop)
    {
        if (changesState)
            _journal.Add(operation);
        var recovery = new RecoveryClock(_workers, _where, _connection, _cancellation);
        _stragglers.Begin();
        try
        {
            return Call(operation, changesState, mustStop, recovery);
        }
        finally
        {
            _stragglers.End();
        }
    }

    private byte[] Call(byte[] operation, bool changesState, Func<StopLevel>? mustStop, RecoveryClock recovery)
    {
        var mayMove = true;
        while (true)
        {
            var begins = !_isBegun;
            if (begins)
                (_epoch, _sequence, _done, CollectedSteps) = (_epoch + 1, 0, 0, _baseSteps);
            var header = new RequestHeader(_training, _block, _epoch, ++_sequence);
            var operations = _journal.Skip(_done).Concat(changesState ? [] : [operation]);

            // Whatever is thrown from here on, nobody knows what the worker has done.
            _isBegun = false;
            using var exchange = new WorkerExchange(_connection, _workers, Request(header, begins ? operations.Prepend(Begin()) : operations), header)
            {
                MustStop = mustStop,
                IsLate = mayMove ? _stragglers.IsLate : null,
                ExpectedBytes = _snapshot.Length,
                Observe = status =>
                {
                    CollectedSteps = status.CollectedSteps;
                    recovery.Reset();
                },
            };
            var (answer, reason) = exchange.Run();

            // A block that is late on two workers is slow by itself, and one that was lost has to catch up.
            mayMove &= answer is not null;
            if (answer is null || answer.Kind == AnswerKind.NotBegun)
            {
                recovery.Wait(reason);
                continue;
            }

            if (answer.Kind == AnswerKind.Failed && begins && answer.FailedIndex == 0)
            {
                // A worker that cannot run the block is news at first; later, another one could before.
                var refusal = WorkerFailure.Read(answer.Body, _connection.Place is { } place ? $"{_where} ({place})" : _where);
                if (!_wasBegun)
                    throw refusal;
                recovery.Wait(refusal);
                continue;
            }

            if (begins && _wasBegun)
                Times.BeginsAnew++;
            (_isBegun, _wasBegun) = (true, true);
            _greeting = new BlockQuestion(header, StopLevel.None).ToArray();
            Note(answer, begins, recovery);
            if (answer.Kind == AnswerKind.Failed)
                throw Failed(answer, begins);
            _done = _journal.Count;
            return answer.Body;
        }
    }

    private void Note(Answer answer, bool begins, RecoveryClock recovery)
    {
        (CollectedSteps, Restarts) = (answer.CollectedSteps, answer.Restarts);
        var wasLost = begins && _epoch > 1 && !(_isMoving && recovery.Failure is null);
        if (wasLost)
            WorkerTelemetry.CountLoss(_environment);
        lock (_warnings)
        {
            if (wasLost)
                _warnings.Add(FormattableString.Invariant($"The worker of {_where} was lost: {(recovery.Failure is { } failure ? FailureText.FirstLine(failure) : "its process has forgotten it.")} Another one took its place{(recovery.Elapsed > TimeSpan.Zero ? FormattableString.Invariant($" after {recovery.Elapsed.TotalSeconds:G3} seconds") : "")}."));
            _isMoving = false;
            _warnings.AddRange(answer.Warnings);
        }
    }

    // An operation that failed is replayed too, up to its failure, which is expected then. Those behind it were not done.
    private Exception Failed(Answer answer, bool begins)
    {
        var failed = _done + answer.FailedIndex - (begins ? 1 : 0);
        if (failed < _journal.Count)
        {
            _journal[failed] = [.. _journal[failed]];
            _journal[failed][0] |= OperationFlags.MayFail;
            _journal.RemoveRange(failed + 1, _journal.Count - failed - 1);
        }

        _done = _journal.Count;
        return WorkerFailure.Read(answer.Body, _where);
    }

    private byte[] Begin() => MessageFormat.Write(
        writer =>
        {
            writer.Write((byte)ShardOperation.Begin);
            writer.WriteSpan<byte>(_setup);
            writer.WriteSpan<byte>(_models);
            writer.WriteSpan<byte>(_snapshot);
        },
        _setup.Length + _models.Length + _snapshot.Length + 64);

    private static byte[] Request(RequestHeader header, IEnumerable<byte[]> operations)
    {
        List<byte[]> all = [.. operations];
        return MessageFormat.Write(
            writer =>
            {
                header.Write(writer);
                writer.Write(WorkerTelemetry.Parent);
                writer.Write(all.Count);
                foreach (var operation in all)
                    writer.WriteSpan<byte>(operation);
            },
            all.Sum(operation => operation.Length + sizeof(int)) + 64);
    }
}
