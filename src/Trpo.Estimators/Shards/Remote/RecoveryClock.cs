using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The attempts to do one request: moves to another worker after each, waits longer each time, and gives up at last.</summary>
/// <param name="workers">The settings.</param>
/// <param name="where">The shards, for messages.</param>
/// <param name="connection">The connection.</param>
/// <param name="cancellation">Ends the attempts.</param>
internal sealed class RecoveryClock(TrainingWorkers workers, string where, IWorkerConnection connection, CancellationToken cancellation)
{
    private static readonly TimeSpan MinPause = TimeSpan.FromMilliseconds(10);

    private static readonly TimeSpan MaxPause = TimeSpan.FromSeconds(1);

    private long _since;
    private TimeSpan _pause = MinPause;
    private int _attempts;
    private int _losses;

    /// <summary>Gets the time since the worker was lost; zero where it was not.</summary>
    public TimeSpan Elapsed => _attempts == 0 ? TimeSpan.Zero : TimeSpan.FromMilliseconds(Environment.TickCount64 - _since);

    /// <summary>Gets the last failure.</summary>
    public Exception? Failure { get; private set; }

    private string LastFailure => Failure is { } failure ? FailureText.FirstLine(failure) : "the process had forgotten them.";

    /// <summary>Notes that a worker is at work, so that a later loss is one of its own.</summary>
    public void Reset() => (_attempts, _pause) = (0, MinPause);

    /// <summary>Waits before the next attempt.</summary>
    /// <param name="failure">Why the last one failed; null where the worker does not have the block, but lives.</param>
    /// <exception cref="WorkerException">The time for recovery is over.</exception>
    /// <exception cref="OperationCanceledException">The training was cancelled.</exception>
    public void Wait(Exception? failure)
    {
        cancellation.ThrowIfCancellationRequested();
        Failure = failure ?? Failure;
        if (_attempts++ == 0)
            _since = Environment.TickCount64;

        // What ends the process of one worker ends that of the next one too; where there was none, nothing was lost.
        if (!IsWithoutWorker(failure) && ++_losses > workers.MaxLosses)
            throw new WorkerException(FormattableString.Invariant($"{_losses} workers of {workers.Transport.Name} were lost one after another with the same request of {where} ({nameof(TrainingWorkers)}.{nameof(TrainingWorkers.MaxLosses)} is {workers.MaxLosses}): does the environment end its process, or take all of its memory or threads? Look into the logs of the workers. The last loss: {LastFailure}"), Failure);
        if (failure is null && _attempts == 1)
            return;
        if (Elapsed > workers.RecoveryTimeout)
            throw new WorkerException(FormattableString.Invariant($"No worker of {workers.Transport.Name} could run {where} within {workers.RecoveryTimeout.TotalSeconds:G4} seconds and {_attempts} attempts ({nameof(TrainingWorkers)}.{nameof(TrainingWorkers.RecoveryTimeout)}). Start workers of the cluster, or look into their logs. The last attempt: {LastFailure}"), Failure);
        if (failure is not null)
            PendingCall.Move(connection, workers.LossTimeout, cancellation);
        cancellation.WaitHandle.WaitOne(_pause);
        _pause = _pause * 2 < MaxPause ? _pause * 2 : MaxPause;
    }

    private static bool IsWithoutWorker(Exception? failure) => failure is WorkerException or { InnerException: WorkerException };
}
