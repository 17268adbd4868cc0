using System.Globalization;
using System.Runtime.ExceptionServices;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Health;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Shards.Remote;
using Trpo.Estimators.Telemetry;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Training;

/// <summary>The training loop: collect, estimate, update the policy and fit the value function, report.</summary>
internal sealed class TrpoTrainer : IDisposable
{
    private readonly TrpoOptions _options;
    private readonly TrainingMessages _messages;
    private readonly TrainingShards _owned;
    private readonly ShardGroup _shards;
    private readonly TrainingProgress _progress;
    private readonly TrainingClock _clock;
    private readonly ReturnWindow _window;
    private readonly HealthMonitor _health;
    private readonly TrainingGuard _guard;
    private readonly PeriodicEvaluation? _evaluation;

    private TrpoTrainer(TrpoOptions options, TrainingMessages messages, TrainingShards shards, TrainingProgress progress, TrainingClock clock, ReturnWindow window, HealthMonitor health, TrainingGuard guard, PeriodicEvaluation? evaluation)
    {
        (_options, _messages, _owned, _shards) = (options, messages, shards, shards.Group);
        (_progress, _clock, _window) = (progress, clock, window);
        (_health, _guard, _evaluation) = (health, guard, evaluation);
    }

    /// <summary>Opens a training: creates its shards, claims the folder of checkpoints and resumes from the latest one where the options ask for it.</summary>
    /// <param name="options">The options.</param>
    /// <param name="parts">The parts to train with.</param>
    /// <param name="messages">The receivers of reports.</param>
    /// <param name="remote">What the shards are created from, as one block, where they run on workers; null where they do not.</param>
    /// <exception cref="InvalidOperationException">Training would need more memory than there is, or the state of a part cannot be saved, though checkpoints or rollbacks are asked for.</exception>
    /// <exception cref="CheckpointException">Another process uses the folder of checkpoints, or training cannot be resumed from it.</exception>
    /// <exception cref="IOException">The folder of checkpoints cannot be created or written to.</exception>
    public static TrpoTrainer Open(TrpoOptions options, TrainingParts parts, TrainingMessages messages, BlockSetup? remote = null)
    {
        var progress = new TrainingProgress { Seed = parts.Seed, Schedule = IterationSchedule.Of(options, parts.EnvironmentCount) };
        var sizes = TrainingSizes.Of(options, parts);
        sizes = sizes with { Shards = ShardCount.Of(options, sizes, progress.Schedule) };
        if (options.Evaluation is { KeepBest: true } && !parts.Policy.IsCheckpointable)
            throw new InvalidOperationException($"The state of the network {parts.Policy.Architecture} cannot be saved, so that the best policy could not be kept: leave {nameof(TrpoOptions.Evaluation)}.{nameof(EvaluationOptions.KeepBest)} out, or implement {nameof(ICheckpointable)}.");
        if (options.Checkpoints is not null || options.Health.MaxRollbacks > 0)
            TrainingState.Check(parts);
        var checkpoints = options.Checkpoints is { } folder ? TrainingCheckpoints.Open(folder, RunIdentity.Of(options, parts), messages.Warn) : null;
        TrainingShards? shards = null;
        try
        {
            // A training that resumes has as many shards as before, also where its new length makes others worthwhile.
            var latest = checkpoints?.Latest();
            if (latest is var (path, content))
                sizes = sizes with { Shards = ShardCount.Saved(options, parts.EnvironmentCount, path, content) };
            MemoryEstimate.Check(options, sizes, progress.Schedule);
            shards = TrainingShards.Create(options, parts, sizes.Shards, progress.Schedule.MaxSteps, messages.Warn, remote);
            parts = parts with { PartRandoms = [.. parts.PartRandoms, .. shards.PartRandoms] };
            return Open(options, parts, messages, progress, sizes, shards, checkpoints, latest);
        }
        catch
        {
            shards?.Dispose();
            checkpoints?.Dispose();
            throw;
        }
    }

    private static TrpoTrainer Open(
        TrpoOptions options, TrainingParts parts, TrainingMessages messages, TrainingProgress progress, TrainingSizes sizes, TrainingShards shards, TrainingCheckpoints? checkpoints, (string, CheckpointContent)? latest)
    {
        var (clock, window) = (new TrainingClock(), new ReturnWindow(100));
        var health = new HealthMonitor(options.Health, parts.ActionSpace is BoxActionSpace ? parts.ActionSpace.Length : 0);
        var evaluations = options.Evaluation is { } asked ? new EvaluationHistory(parts.Policy, asked.KeepBest) : null;
        var continuation = checkpoints is null && options.Health.MaxRollbacks == 0
            ? null : RunContinuation.Create(options, new TrainingState(parts, shards.Group, progress, window, health), checkpoints, latest, clock, evaluations, messages);
        var guard = new TrainingGuard(options, progress, shards.Group, health, messages, continuation, schedule => MemoryEstimate.Check(options, sizes, schedule));
        guard.Resume();
        messages.Telemetry.SetSeed(progress.Seed);
        if (shards.Group.Count > 1 || shards.IsRemote)
            messages.Inform(shards.ToString());
        var evaluation = evaluations is null ? null : new PeriodicEvaluation(options.Evaluation!, parts.Policy, evaluations, progress, parts.Evaluate!, messages, options.Cancellation);
        return new TrpoTrainer(options, messages, shards, progress, clock, window, health, guard, evaluation);
    }

    /// <summary>The environment steps that training makes, over all environments.</summary>
    public int TotalSteps => _progress.Schedule.LastStep * _shards.EnvironmentCount;

    /// <summary>The seed that all random streams were split from, that of the first run where training was resumed.</summary>
    public int Seed => _progress.Seed;

    /// <summary>The environment steps that the policy has been updated with.</summary>
    public int Steps => _progress.Steps;

    /// <summary>The mean return of the last 100 episodes; NaN before any ended.</summary>
    public double MeanReturnOfLast100 => _window.Mean;

    private bool IsFinished => IsAtEnd || (!_progress.IsBegun && _evaluation is { IsExhausted: true });

    // The end that needs no evaluation to be known.
    private bool IsAtEnd => _progress.IsComplete || (!_progress.IsBegun && _window.IsFull && _window.Mean >= _options.TargetReturn);

    /// <summary>Trains to the end, or until training is cancelled.</summary>
    /// <returns>True if training came to its end, false if it was cancelled.</returns>
    /// <exception cref="TrainingException">Training diverged and cannot roll back.</exception>
    /// <exception cref="EnvironmentException">An environment broke its contract.</exception>
    public bool Run()
    {
        _evaluation?.Align();
        if (_evaluation is { } evaluation && evaluation.IsDue(IsAtEnd) && !_guard.Run(() => evaluation.RunLate(IsAtEnd)))
            return false;
        if (IsFinished)
        {
            if (_evaluation is { WasLate: true })
                _guard.Complete();
            else if (!IsAtEnd)
                _evaluation!.InformIfExhausted();
            return true;
        }

        while (!IsFinished)
        {
            _evaluation?.Align();
            if (!_guard.Run(Iterate))
                return false;
        }

        _guard.Complete();
        return true;
    }

    /// <summary>Makes the policy the best one, where the options ask for it; called last.</summary>
    /// <inheritdoc cref="PeriodicEvaluation.KeepBest"/>
    public (int Steps, TrpoEvaluation? Evaluation)? KeepBest(bool isComplete) => _evaluation?.KeepBest(isComplete);

    /// <summary>True if the best policy is kept.</summary>
    public bool HasBest => _evaluation is { HasBest: true };

    public void Dispose()
    {
        // The threads end first: none may use what is disposed.
        _owned.Dispose();
        _guard.Dispose();
    }

    // One iteration; false if it was cancelled while steps were collected.
    private bool Iterate()
    {
        try
        {
            return Iterate(_progress.Iteration);
        }
        catch (NonFiniteException fault)
        {
            throw new DivergenceException(_progress.Iteration, fault.Message);
        }
    }

    private bool Iterate(int number)
    {
        using var activity = _messages.Telemetry.Iteration(number);
        Begin();
        if (!Collect())
            return false;
        var collected = _clock.Elapsed;
        var (problem, explainedVariance) = Estimate(number);
        var estimated = _clock.Elapsed;

        var maxKl = MaxKl(number);
        var optimizer = _options.Optimizer ?? new TrustRegionOptimizer(_options.TrustRegion with { MaxKl = maxKl });
        var update = Update(optimizer, problem);
        ThrowIfNotFinite(update, problem);

        var rows = _shards.RowCount;
        _progress.Complete(rows);
        _health.Observe(update.Step.Outcome, problem.Entropy, _shards.Episodes.Select(episode => episode.Return));
        var times = new IterationTimes(collected - _clock.IterationStart, estimated - collected, update.PolicyTime, update.ValueTime);
        var isDue = _evaluation?.IsDue(IsAtEnd) ?? false;
        TrpoEvaluation? evaluation = null;
        ExceptionDispatchInfo? failure = null;
        try
        {
            evaluation = _evaluation?.RunIfDue(IsAtEnd);
        }
        catch (EnvironmentException exception)
        {
            // The iteration is complete: it is reported and saved first.
            failure = ExceptionDispatchInfo.Capture(exception);
        }

        var iteration = Describe(number, update, maxKl, problem.Entropy, explainedVariance, times) with { Evaluation = evaluation };
        _evaluation?.Postpone(isDue && evaluation is null ? iteration : null);
        _messages.Telemetry.Record(iteration, rows, iteration.Elapsed - _clock.IterationStart);
        _messages.Report(iteration);
        if (failure is not null)
            _guard.SaveBeforeFailure();
        failure?.Throw();
        _guard.Check(number);
        return _evaluation is not { WasCancelled: true };
    }

    private void Begin()
    {
        if (_progress.IsBegun)
            return;
        _clock.BeginIteration();

        // The normalizer advances here, not at the end of an iteration, so that a trained policy normalizes as its last update did.
        _shards.BeginIteration(_progress.Schedule.StepsOf(_progress.Iteration));
        _progress.IsBegun = true;
    }

    private bool Collect()
    {
        using var activity = _messages.Telemetry.Rollout();
        return _guard.Collect();
    }

    private (PolicyProblem Problem, double ExplainedVariance) Estimate(int iteration)
    {
        if (iteration == 1 && _messages.FirstObservations is { } receive)
            receive(_shards.FirstObservations().Span, _shards.ObservationLength);
        _messages.Collected?.Invoke();
        _window.Add(_shards.Episodes);
        using var activity = _messages.Telemetry.Advantages();
        var explainedVariance = _shards.Estimate(_options.EntropyBonus * (1 - _progress.Schedule.Fraction(iteration)));
        return (_shards.BeginPolicyUpdate(), explainedVariance);
    }

    // An optimizer or a baseline of the user's own may observe the cancellation, before or after the other part has changed the policy, and so may the search for a worker.
    private ActorCriticUpdate Update(IPolicyOptimizer optimizer, PolicyProblem problem)
    {
        if (_options.Optimizer is null && _options.Baseline is null && !_owned.IsRemote)
            return ActorCriticUpdate.Run(optimizer, problem, _shards, _messages.Telemetry);
        var before = new double[problem.Length];
        problem.CopyTo(before);
        try
        {
            return ActorCriticUpdate.Run(optimizer, problem, _shards, _messages.Telemetry);
        }
        catch (OperationCanceledException)
        {
            problem.Assign(before);
            throw;
        }
    }

    // The radius of the trust region changes linearly over the iterations.
    private double MaxKl(int iteration)
    {
        var (first, last) = (_options.TrustRegion.MaxKl, _options.FinalMaxKl ?? _options.TrustRegion.MaxKl);
        return (first + (_progress.Schedule.Fraction(iteration) * (last - first))) * _guard.MaxKlFactor;
    }

    private void ThrowIfNotFinite(ActorCriticUpdate update, PolicyProblem problem)
    {
        if (update.Step.Outcome == TrustRegionOutcome.NonFiniteGradient)
            throw new NonFiniteException(problem.FindNonFinite() ?? $"the derivative by the policy's parameter '{update.Step.Offender}' is not finite, though the log-probabilities and advantages are. Look in a custom network for a function without a derivative where it is used, as the root of 0.");
        if (!double.IsFinite(update.ValueLoss))
            throw new NonFiniteException(string.Create(CultureInfo.InvariantCulture, $"the Fit of {_shards.ValueFunctionName} returned {update.ValueLoss} as the error that is left, from targets that are finite. Check it for an overflow, or scale the rewards down."));
    }

    private TrpoIteration Describe(int number, ActorCriticUpdate update, double maxKl, double entropy, double explainedVariance, IterationTimes times)
    {
        var episodes = _shards.Episodes;
        return new TrpoIteration
        {
            Iteration = number,
            Steps = _progress.Steps,
            TotalSteps = TotalSteps,
            Elapsed = _clock.Elapsed,
            Returns = [.. episodes.Select(episode => episode.Return)],
            MeanReturn = episodes.Count == 0 ? double.NaN : episodes.Average(episode => episode.Return),
            MeanReturnOfLast100 = _window.Mean,
            MeanEpisodeLength = episodes.Count == 0 ? double.NaN : episodes.Average(episode => episode.Length),
            Update = update.Step,
            MaxKl = maxKl,
            RejectedInARow = _health.RejectedInARow,
            Rollbacks = _guard.Rollbacks,
            Restarts = _shards.Restarts,
            Shards = _shards.Count,
            Entropy = entropy,
            ExplainedVariance = explainedVariance,
            ValueLoss = update.ValueLoss,
            Times = times,
            Workers = _shards.WorkerTimes,
        };
    }
}
