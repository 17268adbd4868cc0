using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Telemetry;

namespace Trpo.Estimators.Resuming;

/// <summary>The states that a training continues from: checkpoints after a stop, and the last healthy state after a divergence.</summary>
internal sealed class RunContinuation : IDisposable
{
    private const string Clock = "time";
    private const string HealthyState = "last healthy state";
    private const string Evaluations = "evaluations";
    private const string Unevaluated = "iteration to be evaluated";

    private readonly TrainingState _state;
    private readonly TrainingClock _clock;
    private readonly TrainingMessages _messages;
    private readonly Rollback _rollback;
    private readonly EvaluationHistory? _evaluations;
    private readonly TrainingCheckpoints? _checkpoints;
    private (string Path, CheckpointContent Content)? _latest;
    private CheckpointContent? _iterationStart;
    private bool _cannotKeep;

    private RunContinuation(TrainingState state, TrainingClock clock, TrainingMessages messages, Rollback rollback, EvaluationHistory? evaluations, TrainingCheckpoints? checkpoints, (string Path, CheckpointContent Content)? latest)
    {
        _state = state;
        _clock = clock;
        _messages = messages;
        _rollback = rollback;
        _evaluations = evaluations;
        _checkpoints = checkpoints;
        _latest = latest;
    }

    /// <summary>Creates the states that a training continues from.</summary>
    /// <param name="options">The options of the training.</param>
    /// <param name="state">The state to save and restore.</param>
    /// <param name="checkpoints">The checkpoints, which the result disposes; null where there are none.</param>
    /// <param name="latest">The checkpoint to resume from; null where there is none.</param>
    /// <param name="clock">The clock, which is saved too.</param>
    /// <param name="evaluations">The evaluations, which are saved too; null where there are none.</param>
    /// <param name="messages">The receivers of reports.</param>
    public static RunContinuation Create(TrpoOptions options, TrainingState state, TrainingCheckpoints? checkpoints, (string Path, CheckpointContent Content)? latest, TrainingClock clock, EvaluationHistory? evaluations, TrainingMessages messages) =>
        new(state, clock, messages, new Rollback(options.Health), evaluations, checkpoints, latest);

    /// <summary>The number of rollbacks so far.</summary>
    public int Rollbacks => _rollback.Count;

    /// <summary>The factor on the radius of the trust region after those rollbacks.</summary>
    public double MaxKlFactor => _rollback.MaxKlFactor;

    /// <summary>True if training can roll back to a healthy state.</summary>
    public bool CanRollBack => _rollback.IsPossible;

    /// <summary>Resumes from the latest checkpoint.</summary>
    /// <returns>True if there is one.</returns>
    /// <exception cref="CheckpointException">Training cannot be resumed from it; the message says why.</exception>
    public bool TryResume()
    {
        if (_latest is not var (path, content))
            return false;
        _latest = null;
        content.Restore(Clock, _clock.RestoreState);
        content.Restore(HealthyState, _rollback.RestoreState);
        if (_evaluations is not null)
            content.Restore(Evaluations, _evaluations.RestoreState);
        if (_evaluations is not null && content.Has(Unevaluated))
            content.Restore(Unevaluated, reader => _evaluations.Unevaluated = IterationState.Restore(reader));
        _rollback.Try(Restore);
        _state.Restore(content);
        _evaluations?.CheckCounts(_state.Iteration, _state.Steps, _rollback.Count);
        _messages.Inform($"Training resumes from {path}.");
        if (!_state.RestoreEnvironments(content))
            _messages.Warn("The environments could not be restored, so that their episodes start anew: they, or the transforms between them and the policy, have a state that cannot be saved (ICheckpointable).");
        return true;
    }

    /// <summary>Keeps the healthy state from before an iteration.</summary>
    public void KeepHealthyState(int iteration) => _rollback.Keep(iteration, _state.Save);

    /// <summary>Keeps the state before an iteration in memory, if a step that takes too long or is cancelled may end the training: within the step, no state can be saved.</summary>
    public void KeepIterationStart()
    {
        // The former one is freed first.
        _iterationStart = null;
        if (_checkpoints is null || !_state.KeepsIterationStart || _cannotKeep)
            return;
        try
        {
            _iterationStart = _checkpoints.Capture(SaveAll);
        }
        catch (EnvironmentException exception)
        {
            _cannotKeep = true;
            _messages.Warn($"The state before an iteration cannot be kept, so that training can be resumed only from the checkpoints of its interval: {exception.Message}");
        }
    }

    /// <summary>Writes the state before the iteration as a checkpoint, if it was kept and no checkpoint was written since; a failure is a warning.</summary>
    /// <returns>The path of the checkpoint; null if none was written.</returns>
    public string? TrySaveIterationStart()
    {
        if (_iterationStart is not { } content)
            return null;
        try
        {
            return _checkpoints!.Write(content);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _messages.Warn($"The state before the iteration could not be written as a checkpoint: {exception.Message}");
            return null;
        }
    }

    /// <summary>Restores the last healthy state, but for the environments.</summary>
    public void RollBack()
    {
        _iterationStart = null;
        _rollback.Apply(_state.Restore);
    }

    /// <summary>True if the interval of checkpoints has passed. Any thread may ask while none is written.</summary>
    public bool IsDue => _checkpoints is { IsDue: true };

    /// <summary>Writes a checkpoint if the interval has passed.</summary>
    public void SaveIfDue()
    {
        if (_checkpoints is { IsDue: true } && _checkpoints.TrySave(SaveAll))
            _iterationStart = null;
    }

    /// <summary>Writes a checkpoint; a failure is a warning where an earlier one was written.</summary>
    public void Save() => _checkpoints?.TrySave(SaveAll);

    /// <summary>Writes a checkpoint without which the steps since the last one would be lost.</summary>
    /// <returns>The path of the checkpoint, or null where none are written.</returns>
    /// <exception cref="IOException">The checkpoint cannot be written.</exception>
    public string? SaveBeforeLeaving()
    {
        var path = _checkpoints?.Save(SaveAll);
        _iterationStart = null;
        return path;
    }

    public void Dispose() => _checkpoints?.Dispose();

    private int Restore(CheckpointContent content)
    {
        _state.Restore(content);
        return _state.Iteration;
    }

    private void SaveAll(CheckpointContent content)
    {
        content.Add(Clock, _clock.SaveState);
        content.Add(HealthyState, _rollback.SaveState);
        if (_evaluations is not null)
            content.Add(Evaluations, _evaluations.SaveState);
        if (_evaluations?.Unevaluated is { } iteration)
            content.Add(Unevaluated, writer => IterationState.Save(writer, iteration));
        _state.Save(content);
        _state.SaveEnvironments(content);
    }
}
