using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Training;

/// <summary>What lets a training go on after it was stopped (its checkpoints), and after it was ill (the last state in which it was well).</summary>
internal sealed class Continuation : IDisposable
{
    private const string Clock = "time";
    private const string Well = "last state in which training was well";

    private readonly TrainingState _state;
    private readonly TrainingClock _clock;
    private readonly TrainingMessages _messages;
    private readonly Recovery _recovery;
    private readonly TrainingCheckpoints? _checkpoints;

    public Continuation(TrpoOptions options, TrainingState state, RunIdentity identity, TrainingClock clock, TrainingMessages messages)
    {
        _state = state;
        _clock = clock;
        _messages = messages;
        _recovery = new Recovery(options.Health);
        if (options.Checkpoints is { } checkpoints)
            _checkpoints = new TrainingCheckpoints(checkpoints, identity, messages.Warn);
    }

    /// <summary>How often training has gone back.</summary>
    public int Recoveries => _recovery.Count;

    /// <summary>What the radius of the trust region is multiplied by for that.</summary>
    public double MaxKlFactor => _recovery.Factor;

    /// <summary>Whether training can go back, once more.</summary>
    public bool CanGoBack => _recovery.IsPossible;

    /// <summary>Puts the training where the latest checkpoint left it.</summary>
    /// <returns>Whether there is one.</returns>
    /// <exception cref="CheckpointException">Training cannot go on from it; the message says why.</exception>
    public bool TryResume(SampleReuse samples)
    {
        if (_checkpoints?.Latest() is not var (path, content))
            return false;
        content.Restore(Clock, _clock.RestoreState);
        content.Restore(Well, _recovery.RestoreState);
        _state.Restore(content);
        _messages.Tell($"Training goes on from {path}.");
        if (!_state.RestoreEnvironments(content, samples.Current))
            _messages.Warn("The environments could not be put where they were, so that their episodes start anew: they, and what stands between them and the policy, have no state that can be saved (ICheckpointable).");
        return true;
    }

    /// <summary>Remembers a state in which all is well before an iteration.</summary>
    public void Remember(int iteration) => _recovery.Remember(iteration, _state.Save);

    /// <summary>Puts the training, but for its environments, where it was well.</summary>
    public void GoBack() => _recovery.GoBack(_state.Restore);

    /// <summary>Writes a checkpoint if it is time.</summary>
    public void SaveIfDue()
    {
        if (_checkpoints is { IsDue: true })
            _checkpoints.TrySave(SaveAll);
    }

    /// <summary>Writes a checkpoint, if possible.</summary>
    public void Save() => _checkpoints?.TrySave(SaveAll);

    /// <summary>Writes a checkpoint, without which what was trained since the last one would be lost.</summary>
    /// <returns>Its path, or null where there are none.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public string? SaveBeforeLeaving() => _checkpoints?.Save(SaveAll);

    public void Dispose() => _checkpoints?.Dispose();

    private void SaveAll(CheckpointContent content)
    {
        content.Add(Clock, _clock.SaveState);
        content.Add(Well, _recovery.SaveState);
        _state.Save(content);
        _state.SaveEnvironments(content);
    }
}
