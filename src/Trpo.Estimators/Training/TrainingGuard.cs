using Trpo.Estimators.Environments;
using Trpo.Estimators.Health;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Telemetry;
using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Training;

/// <summary>The guard of a training's iterations: resets the environments, writes checkpoints, ends a cancelled training, and stops one that diverged or rolls it back.</summary>
internal sealed class TrainingGuard : IDisposable
{
    private readonly TrpoOptions _options;
    private readonly TrainingProgress _progress;
    private readonly ShardGroup _shards;
    private readonly HealthMonitor _health;
    private readonly TrainingMessages _messages;
    private readonly RunContinuation? _continuation;
    private readonly Action<IterationSchedule> _checkMemory;
    private bool _hasEpisodes;
    private Exception? _failure;

    /// <param name="options">The options of the training.</param>
    /// <param name="progress">The position in the schedule.</param>
    /// <param name="shards">The shards.</param>
    /// <param name="health">The health monitor.</param>
    /// <param name="messages">The receivers of reports.</param>
    /// <param name="continuation">The states to continue from; null where neither checkpoints nor rollbacks are asked for.</param>
    /// <param name="checkMemory">Throws if an update of a schedule would not fit into memory.</param>
    public TrainingGuard(TrpoOptions options, TrainingProgress progress, ShardGroup shards, HealthMonitor health, TrainingMessages messages, RunContinuation? continuation, Action<IterationSchedule> checkMemory)
    {
        _options = options;
        _progress = progress;
        _shards = shards;
        _health = health;
        _messages = messages;
        _continuation = continuation;
        _checkMemory = checkMemory;
    }

    /// <summary>The number of rollbacks so far.</summary>
    public int Rollbacks => _continuation?.Rollbacks ?? 0;

    /// <summary>The factor on the radius of the trust region after those rollbacks.</summary>
    public double MaxKlFactor => _continuation?.MaxKlFactor ?? 1;

    private bool IsCancelled
    {
        get
        {
            _messages.AskContext?.Invoke();
            return _options.Cancellation.IsCancellationRequested;
        }
    }

    /// <summary>Resumes from the latest checkpoint, where there is one and the options ask for it.</summary>
    /// <exception cref="Checkpoints.CheckpointException">Training cannot be resumed from it; the message says why.</exception>
    public void Resume()
    {
        if (_continuation is null || !_continuation.TryResume())
            return;
        _hasEpisodes = true;
        ExtendSchedule();
    }

    /// <summary>Runs an iteration.</summary>
    /// <param name="iterate">The iteration; it returns false where <see cref="Collect"/> was stopped.</param>
    /// <returns>True if training continues, after the iteration or a rollback; false if it was cancelled.</returns>
    /// <exception cref="TrainingException">Training diverged and cannot roll back.</exception>
    /// <exception cref="EnvironmentException">An environment broke its contract.</exception>
    public bool Run(Func<bool> iterate)
    {
        if (!_progress.IsBegun && _health.IsHealthy)
            _continuation?.KeepHealthyState(_progress.Iteration);
        try
        {
            if (!_hasEpisodes)
                _shards.ResetEnvironments();
            _hasEpisodes = true;
            if (!_progress.IsBegun)
                _continuation?.KeepIterationStart();
            if (IsStillDiverged && IsCancelled)
            {
                // Nothing changed since the checkpoint that was resumed from.
                Cancel(checkpoint: null, failure: null);
                return false;
            }

            ThrowIfStillDiverged();
            if (iterate())
                return true;

            // No checkpoint can hold the state in the middle of a step.
            Cancel(_failure is null ? _continuation?.SaveBeforeLeaving() : _continuation?.TrySaveIterationStart(), _failure);
            return false;
        }
        catch (Exception exception) when (IsCancelled && exception is EnvironmentException or OperationCanceledException)
        {
            // The environments failed to be reset or to be saved, or a listener observed the token too.
            Cancel(_continuation?.TrySaveIterationStart(), exception);
            return false;
        }
        catch (DivergenceException divergence)
        {
            if (_continuation is not { CanRollBack: true })
                throw divergence.ToTrainingException();
            RollBack(divergence.Message);
        }
        catch (EnvironmentException exception) when (exception.IsNonFinite && _continuation is { CanRollBack: true })
        {
            RollBack(exception.Message);
        }
        catch (Exception exception) when (exception is EnvironmentException or WorkerException)
        {
            if (_continuation?.TrySaveIterationStart() is { } path)
                _messages.Warn(FormattableString.Invariant($"Training ends in iteration {_progress.Iteration}; it can be resumed from {path}, the state before that iteration."));
            throw;
        }

        return true;
    }

    /// <summary>Collects the rollouts of an iteration, with a checkpoint whenever one is due. A failure after the training was cancelled stops them like the cancellation: no step of it is learned from.</summary>
    /// <returns>True if they are complete, false if the training was cancelled.</returns>
    public bool Collect()
    {
        try
        {
            return _shards.Collect(Proceed, MustPause, () => IsCancelled);
        }
        catch (Exception exception) when (IsCancelled)
        {
            _failure = exception;
            return false;
        }
    }

    // Called on the thread of any shard.
    private bool MustPause() => IsCancelled || _continuation is { IsDue: true };

    // Called before each step of all environments; with several shards, before the first and after a pause.
    private bool Proceed()
    {
        if (IsCancelled)
            return false;
        _continuation?.SaveIfDue();
        return true;
    }

    /// <summary>Checks the health of the training after a completed iteration.</summary>
    /// <exception cref="DivergenceException">Training diverged.</exception>
    public void Check(int iteration)
    {
        if (_progress.IsComplete)
        {
            // All steps were made, so that there is a policy to return, whatever it is worth.
            if (_health.Diagnosis is { } last)
                _messages.Warn($"Training has ended, but {last}");
            return;
        }

        if (_health.Diagnosis is { } diagnosis)
        {
            // Training can be resumed from here with other health options.
            if (_continuation is { CanRollBack: false })
                _continuation.Save();
            throw new DivergenceException(iteration, diagnosis);
        }

        if (_health.Warning is { } warning)
            _messages.Warn(warning);
    }

    /// <summary>Writes the last checkpoint of a training that made all its steps.</summary>
    public void Complete() => _continuation?.Save();

    public void Dispose() => _continuation?.Dispose();

    // A training that had diverged before it was resumed is diverged still, unless the health options have changed.
    private bool IsStillDiverged => !_progress.IsBegun && _health.Diagnosis is not null;

    private void ThrowIfStillDiverged()
    {
        if (IsStillDiverged)
            throw new DivergenceException(_progress.Iteration - 1, _health.Diagnosis!);
    }

    private void Cancel(string? checkpoint, Exception? failure)
    {
        if (_progress.IsBegun)
            _shards.AbandonIteration();
        var total = _progress.Schedule.LastStep * _shards.EnvironmentCount;
        _messages.Warn(FormattableString.Invariant($"Training was cancelled after {_progress.Steps:N0} of {total:N0} steps; the policy is that of the last update.{(checkpoint is null ? "" : $" It can be resumed from {checkpoint}.")}{(failure is null || IsOfToken(failure) ? "" : $" This failed after the cancellation: {failure.Message}")}"));
    }

    // An environment or a transform may observe the token of the options too, or one that was cancelled with it, which is no failure.
    private static bool IsOfToken(Exception? exception) => exception is OperationCanceledException canceled
        ? canceled.CancellationToken.IsCancellationRequested
        : exception is not null && IsOfToken(exception.InnerException);

    /// <summary>Saves the state after an iteration that is complete, where there are checkpoints, before what followed it ends training.</summary>
    public void SaveBeforeFailure()
    {
        if (_continuation?.SaveBeforeLeaving() is { } path)
            _messages.Warn(FormattableString.Invariant($"Training ends after iteration {_progress.Iteration - 1}; it can be resumed from {path}."));
    }

    private void RollBack(string reason)
    {
        _continuation!.RollBack();
        ExtendSchedule();

        // With the same actions and episodes, the same would happen again.
        _shards.Reseed((ulong)_continuation.Rollbacks);
        _hasEpisodes = false;
        var smaller = _options.Optimizer is null ? FormattableString.Invariant($" with {_continuation.MaxKlFactor:G3} times the trust region") : "";
        _messages.Warn($"{reason} Training rolls back to iteration {_progress.Iteration} and continues from there{smaller} ({nameof(HealthOptions.MaxRollbacks)} allows {_options.Health.MaxRollbacks - _continuation.Rollbacks} more).");
    }

    // A restored schedule may be that of another number of steps.
    private void ExtendSchedule()
    {
        _progress.Schedule = _progress.Schedule.Extend(_options, _shards.EnvironmentCount, _progress.IsBegun ? _progress.Iteration : _progress.Iteration - 1);
        _checkMemory(_progress.Schedule);
    }
}
