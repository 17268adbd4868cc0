using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>One request and its answer over a connection that may lose, delay and repeat both. While the answer is awaited, heartbeats tell a worker at work from a lost one.</summary>
/// <param name="connection">The connection.</param>
/// <param name="workers">The settings.</param>
internal sealed class WorkerExchange(IWorkerConnection connection, TrainingWorkers workers)
{
    // The number of heartbeats in a row without a sign of the request, or with one of its answer, after which it is sent again.
    private const int MaxIdleBeats = 2;

    // An answer that never arrives may be too large for the transport.
    private const int MaxSends = 10;

    private static readonly TimeSpan MaxPoll = TimeSpan.FromMilliseconds(100);

    /// <summary>Sends a request and waits for the answer.</summary>
    /// <param name="request">The request.</param>
    /// <param name="header">Its head.</param>
    /// <param name="proceed">Asked from time to time; false tells the worker to stop before its next environment step. Null for never.</param>
    /// <param name="observe">Receives each status.</param>
    /// <returns>The answer; or null where the worker is lost, and why.</returns>
    public (Answer? Answer, Exception? Reason) Send(byte[] request, RequestHeader header, Func<bool>? proceed, Action<BlockStatus> observe)
    {
        using var abandoned = new CancellationTokenSource();
        try
        {
            return new Waiting(this, request, header, proceed, observe, abandoned.Token).Run();
        }
        finally
        {
            abandoned.Cancel();
        }
    }

    /// <summary>Sends a request whose answer does not matter.</summary>
    public void TrySend(byte[] request, TimeSpan timeout)
    {
        using var abandoned = new CancellationTokenSource(timeout);
        var answer = Start(() => connection.SendAsync(request, abandoned.Token));
        Task.WaitAny([answer], timeout);
        Forget(answer);
    }

    /// <summary>Starts a call, whose failures are those of its task.</summary>
    public static Task<T> Start<T>(Func<Task<T>> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    /// <inheritdoc cref="Start{T}"/>
    public static Task Start(Func<Task> call) => Start(async () =>
    {
        await call().ConfigureAwait(false);
        return true;
    });

    /// <summary>Observes the failure of a task that nobody waits for any more.</summary>
    public static void Forget(Task task) =>
        task.ContinueWith(failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    private sealed class Waiting(WorkerExchange exchange, byte[] request, RequestHeader header, Func<bool>? proceed, Action<BlockStatus> observe, CancellationToken abandoned)
    {
        private readonly TrainingWorkers _workers = exchange.Workers;
        private Task<byte[]> _answer = Task.FromException<byte[]>(new TimeoutException());
        private Task<byte[]>? _question;
        private Exception? _questionFailure;
        private long _alive = Environment.TickCount64;
        private long _asked = Environment.TickCount64;
        private int _idleBeats;
        private int _sends;
        private bool _stops;

        public (Answer? Answer, Exception? Reason) Run()
        {
            var poll = _workers.HeartbeatInterval < MaxPoll ? _workers.HeartbeatInterval : MaxPoll;
            Send();
            try
            {
                while (true)
                {
                    if (Task.WaitAny([_answer], poll) >= 0)
                    {
                        if (_answer.Exception is { } failure)
                            return (null, failure.InnerException);
                        if (_answer.IsCanceled)
                            return (null, new TimeoutException("The request was cancelled on its way."));
                        var answer = Answer.Of(_answer.Result);
                        if (answer.Header == header)
                            return (answer, null);

                        // The answer to an earlier request, delivered late.
                        Send();
                    }

                    Beat();
                    if (_sends > MaxSends)
                        return (null, new TimeoutException(FormattableString.Invariant($"The worker has answered, but {MaxSends} times the answer did not arrive.")));
                    if (Since(_alive) > _workers.LossTimeout)
                        return (null, new TimeoutException(FormattableString.Invariant($"The worker gave no sign of life for {_workers.LossTimeout.TotalSeconds:G4} seconds ({nameof(TrainingWorkers)}.{nameof(TrainingWorkers.LossTimeout)})."), _questionFailure));
                }
            }
            finally
            {
                Forget(_answer);
                if (_question is not null)
                    Forget(_question);
            }
        }

        private void Send()
        {
            Forget(_answer);
            _answer = Start(() => exchange.Connection.SendAsync(request, abandoned));
            _idleBeats = 0;
            _sends++;
        }

        private void Beat()
        {
            if (!_stops && proceed is not null && !proceed())
            {
                _stops = true;
                _asked = 0;
            }

            if (_question is { IsCompleted: true })
            {
                Observe(_question);
                _question = null;
            }

            if (_question is null && Since(_asked) >= _workers.HeartbeatInterval)
            {
                _asked = Environment.TickCount64;
                _question = Start(() => exchange.Connection.AskAsync(BlockQuestion.Write(header, _stops), abandoned));
            }
        }

        private void Observe(Task<byte[]> question)
        {
            if (!question.IsCompletedSuccessfully)
            {
                _questionFailure = question.Exception?.InnerException;
                return;
            }

            var status = BlockStatus.Of(question.Result);
            if (status.Epoch == header.Epoch && status.Accepted == header.Sequence)
            {
                _alive = Environment.TickCount64;
                observe(status);
            }

            // The request, or its answer, may still be on its way.
            var isAtWork = status.Epoch == header.Epoch && status.Accepted == header.Sequence && status.Answered < header.Sequence;
            _idleBeats = isAtWork ? 0 : _idleBeats + 1;
            if (_idleBeats > MaxIdleBeats)
                Send();
        }

        private static TimeSpan Since(long ticks) => TimeSpan.FromMilliseconds(Environment.TickCount64 - ticks);
    }

    private IWorkerConnection Connection => connection;

    private TrainingWorkers Workers => workers;
}
