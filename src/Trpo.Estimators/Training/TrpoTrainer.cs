using Trpo.Estimators.Environments;
using Trpo.Estimators.Health;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Rollouts;
using Trpo.Onnx.Spaces;

namespace Trpo.Estimators.Training;

/// <summary>The loop of training: roll out, estimate advantages, update the policy, fit the value function, report.</summary>
internal sealed class TrpoTrainer : IDisposable
{
    private readonly TrpoOptions _options;
    private readonly TrainingParts _parts;
    private readonly TrainingMessages _messages;
    private readonly RolloutCollector _collector;
    private readonly TrainingProgress _progress = new();
    private readonly TrainingClock _clock = new();
    private readonly ReturnWindow _window = new(100);
    private readonly HealthMonitor _health;
    private readonly SampleReuse _samples;
    private readonly Continuation? _continuation;
    private bool _isStarted;

    /// <param name="options">The settings.</param>
    /// <param name="parts">What is trained, and where.</param>
    /// <param name="messages">Who is told of what.</param>
    /// <exception cref="InvalidOperationException">An update would have more values than an array can have, or the state of a part cannot be saved, though it should be.</exception>
    /// <exception cref="Checkpoints.CheckpointException">The folder of checkpoints is not free, or training cannot go on from what is in it.</exception>
    /// <exception cref="IOException">The folder of checkpoints cannot be made or written to.</exception>
    public TrpoTrainer(TrpoOptions options, TrainingParts parts, TrainingMessages messages)
    {
        _options = options;
        _parts = parts;
        _messages = messages;
        _collector = new RolloutCollector(parts.Environments, parts.RolloutRandom, parts.Policy.Normalizer, options.StaggerStarts);
        _health = new HealthMonitor(options.Health, parts.ActionSpace is BoxActionSpace ? parts.ActionSpace.Length : 0);
        _progress.Seed = parts.Seed;
        _progress.Schedule = IterationSchedule.Of(options, parts.Environments.Count);

        var capacity = _progress.Schedule.Longest;
        CheckSize();
        _samples = new SampleReuse(options.ReusedIterations, () => new Rollout(parts.Environments.Count, capacity, parts.Environments.ObservationLength, parts.ActionSpace.Length));
        if (options.Checkpoints is null && options.Health.MaxRollbacks == 0)
            return;
        var state = new TrainingState(parts, _progress, _window, _samples, _health, _collector);
        _continuation = new Continuation(options, state, RunIdentity.Of(options, parts), _clock, messages);
        try
        {
            _isStarted = _continuation.TryResume(_samples);
            if (_isStarted)
                Replan();
        }
        catch
        {
            _continuation.Dispose();
            throw;
        }
    }

    /// <summary>The environment steps that training makes, over all environments.</summary>
    public int TotalSteps => _progress.Schedule.LastStep * _parts.Environments.Count;

    /// <summary>Where all randomness began, also that of a training that is gone on with.</summary>
    public int Seed => _progress.Seed;

    /// <summary>The environment steps that the policy has been updated with.</summary>
    public int Steps => _progress.Steps;

    /// <summary>The mean return of the last 100 episodes; NaN before any ended.</summary>
    public double MeanReturnOfLast100 => _window.Mean;

    private bool IsFinished => _progress.IsComplete || (!_progress.IsBegun && _window.IsFull && _window.Mean >= _options.TargetReturn);

    /// <summary>Trains to the end, or until it is cancelled.</summary>
    /// <returns>Whether it came to the end.</returns>
    /// <exception cref="TrainingException">Training is ill, and does not go back.</exception>
    /// <exception cref="EnvironmentException">An environment broke its contract.</exception>
    public bool Run()
    {
        _messages.Telemetry.BeganWith(Seed);
        if (IsFinished)
            return true;
        while (!IsFinished)
        {
            if (!_progress.IsBegun && _health.IsHealthy)
                _continuation?.Remember(_progress.Iteration);
            try
            {
                if (!TryIterate())
                {
                    Cancel(_continuation?.SaveBeforeLeaving());
                    return false;
                }
            }
            catch (OperationCanceledException) when (_options.Cancellation.IsCancellationRequested)
            {
                // An environment that watches the token too, in the middle of a step that no checkpoint can hold.
                Cancel(checkpoint: null);
                return false;
            }
            catch (IllnessException illness)
            {
                if (_continuation is not { CanGoBack: true })
                    throw illness.ToTrainingException();
                GoBack(illness.Message);
            }
            catch (EnvironmentException exception) when (exception.IsNonFinite && _continuation is { CanGoBack: true })
            {
                GoBack(exception.Message);
            }
        }

        _continuation?.Save();
        return true;
    }

    public void Dispose() => _continuation?.Dispose();

    // False if it was cancelled.
    private bool TryIterate()
    {
        if (!_isStarted)
            _collector.Start();
        _isStarted = true;

        // A training that has been ill before it was gone on with is so still, unless the rules have changed.
        if (!_progress.IsBegun && _health.Diagnosis is { } still)
            throw new IllnessException(_progress.Iteration - 1, still);
        using var activity = _messages.Telemetry.Iteration(_progress.Iteration);
        if (!_progress.IsBegun)
            Begin();
        using (_messages.Telemetry.Rollout())
        {
            if (!_collector.Collect(_parts.Policy, _samples.Current, _progress.Episodes, GoOn))
                return false;
        }

        var iteration = Learn();
        _messages.Telemetry.Record(iteration, _samples.Current.Rows, iteration.Elapsed - _clock.IterationStart);
        _messages.Report(iteration);
        if (_progress.IsComplete)
        {
            // What was asked for has been done; there is a policy to hand out, whatever it is worth.
            if (_health.Diagnosis is { } last)
                _messages.Warn($"Training has ended, but {last}");
            return true;
        }

        if (_health.Diagnosis is { } diagnosis)
        {
            // From here, it can be gone on with under other rules of health.
            if (_continuation is { CanGoBack: false })
                _continuation.Save();
            throw new IllnessException(iteration.Iteration, diagnosis);
        }

        if (_health.Warning is { } warning)
            _messages.Warn(warning);
        return true;
    }

    private bool GoOn()
    {
        if (_options.Cancellation.IsCancellationRequested)
            return false;
        _continuation?.SaveIfDue();
        return true;
    }

    private void Begin()
    {
        _clock.BeginIteration();

        // Here and not at the end, so that the policy that training hands out is the one that the last update made.
        _parts.Policy.Normalizer?.Advance();
        _samples.Next(_progress.Schedule.StepsOf(_progress.Iteration));
        _progress.Episodes.Clear();
        _progress.IsBegun = true;
    }

    private TrpoIteration Learn()
    {
        var (number, rollout, episodes) = (_progress.Iteration, _samples.Current, _progress.Episodes);
        if (number == 1)
            _messages.Observed?.Invoke(rollout.Observations, rollout.ObservationLength);
        _window.Add(episodes);
        var rolledOut = _clock.Elapsed;

        var (problem, targets) = Estimate(number);
        var estimated = _clock.Elapsed;

        var maxKl = MaxKl(number);
        var optimizer = _parts.Optimizer ?? new TrustRegionOptimizer(_options.TrustRegion with { MaxKl = maxKl });
        var (update, policyTime, loss, valueTime) = Improvement.Make(optimizer, problem, _parts.ValueFunction, rollout.ObservationMemory, targets.TargetMemory, _options.Threads, _messages.Telemetry);
        if (update.Outcome == TrustRegionOutcome.NonFiniteGradient)
            throw new IllnessException(number, $"the gradient of the policy's parameter '{update.Offender}' is not finite. Look for rewards of extreme size, a value function that diverges, or a network of your own whose derivative is no number.");
        if (!double.IsFinite(loss))
            throw new IllnessException(number, "the value function's error is not finite. Scale the rewards down.");

        _progress.Complete(rollout.Rows);
        _health.Observe(update.Outcome, problem.Entropy, episodes.Select(episode => episode.Return));
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
            Update = update,
            MaxKl = maxKl,
            RejectedInARow = _health.RejectedInARow,
            Rollbacks = _continuation?.Recoveries ?? 0,
            Entropy = problem.Entropy,
            ExplainedVariance = targets.ExplainedVariance,
            ValueLoss = loss,
            Times = new IterationTimes(rolledOut - _clock.IterationStart, estimated - rolledOut, policyTime, valueTime),
        };
    }

    private (PolicyProblem Problem, ValueTargets Targets) Estimate(int iteration)
    {
        using var activity = _messages.Telemetry.Advantages();
        return _samples.Learn(_parts.Policy, _parts.ValueFunction, _options, _options.EntropyBonus * (1 - _progress.Schedule.Done(iteration)));
    }

    private void Cancel(string? checkpoint)
    {
        // The policy is as it was updated last, and sees as it saw then.
        if (_progress.IsBegun)
            _parts.Policy.Normalizer?.StepBack();
        _messages.Warn(FormattableString.Invariant($"Training was cancelled after {_progress.Steps:N0} of {TotalSteps:N0} steps; the policy is that of the last update.{(checkpoint is null ? "" : $" It can be gone on with from {checkpoint}.")}"));
    }

    private void GoBack(string illness)
    {
        _continuation!.GoBack();
        Replan();

        // Other actions and other episodes: with the same ones, the same would happen again.
        _parts.RolloutRandom.Reseed(_parts.RolloutRandom.NextUInt64(), 0, (ulong)_continuation.Recoveries);
        _isStarted = false;
        var smaller = _parts.Optimizer is null ? FormattableString.Invariant($" with {_continuation.MaxKlFactor:G3} times the trust region") : "";
        _messages.Warn($"{illness} Training goes back to iteration {_progress.Iteration}, and on from there{smaller} ({nameof(HealthOptions.MaxRollbacks)} allows {_options.Health.MaxRollbacks - _continuation.Recoveries} more).");
    }

    // What was saved may have been planned for another number of steps.
    private void Replan()
    {
        _progress.Schedule = _progress.Schedule.Until(_options, _parts.Environments.Count, _progress.IsBegun ? _progress.Iteration : _progress.Iteration - 1);
        CheckSize();
    }

    // The radius of the trust region falls (or rises) in a straight line over the iterations.
    private double MaxKl(int iteration)
    {
        var (first, last) = (_options.TrustRegion.MaxKl, _options.FinalMaxKl ?? _options.TrustRegion.MaxKl);
        return (first + (_progress.Schedule.Done(iteration) * (last - first))) * (_continuation?.MaxKlFactor ?? 1);
    }

    /// <exception cref="InvalidOperationException">An update would have more values than an array can have.</exception>
    private void CheckSize()
    {
        var rows = _parts.Environments.Count * (long)_progress.Schedule.Longest;
        var length = Math.Max(Math.Max(_parts.Environments.ObservationLength, _parts.ActionSpace.Length), _parts.Policy.ParameterLength);
        if (rows * length * (_options.ReusedIterations + 1L) > Array.MaxLength)
            throw new InvalidOperationException($"An update from {rows} steps and those of {_options.ReusedIterations} earlier iterations, with {length} values each, does not fit into memory: make {nameof(TrpoOptions.StepsPerIteration)} or {nameof(TrpoOptions.ReusedIterations)} smaller.");
    }
}
