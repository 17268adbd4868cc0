using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Health;
using Trpo.Estimators.Rollouts;

namespace Trpo.Estimators.Training;

/// <summary>Everything that the future of a training depends on, as a checkpoint keeps it.</summary>
internal sealed class TrainingState
{
    private const string Progress = "progress";
    private const string Collector = "rollout under way";
    private const string Environments = "environments";

    private readonly TrainingParts _parts;
    private readonly RolloutCollector _collector;
    private readonly IReadOnlyList<(string Name, ICheckpointable Part)> _all;

    /// <exception cref="InvalidOperationException">A part of one's own has a state that cannot be saved.</exception>
    public TrainingState(TrainingParts parts, TrainingProgress progress, ReturnWindow window, SampleReuse samples, HealthMonitor health, RolloutCollector collector)
    {
        _parts = parts;
        _collector = collector;
        List<(string, ICheckpointable)> all =
        [
            (Progress, progress), ("mean return", window), ("health", health), ("policy", parts.Policy), ("value function", Checkpointable(parts.ValueFunction as ICheckpointable, "baseline", parts.ValueFunction)), ("rollouts", samples),
        ];
        if (!parts.Policy.IsCheckpointable)
            throw Unsavable("network", parts.Policy.Architecture);

        // One that keeps nothing from step to step has no state to save, and need not say so.
        if (parts.Optimizer is ICheckpointable optimizer)
            all.Add(("optimizer", Checkpointable(optimizer, "optimizer", parts.Optimizer)));
        _all = all;
    }

    /// <summary>Whether the environments can be saved too, and nothing between them and the policy keeps a state of its own.</summary>
    private bool IncludesEnvironments => _parts.Environments.IsCheckpointable;

    /// <summary>Adds the state, but for that of the environments.</summary>
    public void Save(CheckpointContent content)
    {
        foreach (var (name, part) in _all)
            content.Add(name, part.SaveState);
        content.Add("random numbers", writer =>
        {
            writer.Write(_parts.PartsRandom.Count);
            foreach (var random in _parts.PartsRandom.Append(_parts.RolloutRandom))
                random.SaveState(writer);
        });
    }

    /// <summary>Adds the state of the environments, where it can be saved, and what they show the policy.</summary>
    public void SaveEnvironments(CheckpointContent content)
    {
        content.Add(Collector, _collector.SaveState);
        if (IncludesEnvironments)
            content.Add(Environments, _parts.Environments.Environments.SaveState);
    }

    /// <summary>Goes back to what <see cref="Save"/> saved.</summary>
    /// <exception cref="CheckpointException">It is not of such a training.</exception>
    public void Restore(CheckpointContent content)
    {
        foreach (var (name, part) in _all)
            content.Restore(name, part.RestoreState);
        content.Restore("random numbers", reader =>
        {
            reader.ReadInt32(_parts.PartsRandom.Count, _parts.PartsRandom.Count, "The number of generators of random numbers");
            foreach (var random in _parts.PartsRandom.Append(_parts.RolloutRandom))
                random.RestoreState(reader);
        });
    }

    /// <summary>Puts the environments where they were, or starts episodes anew where that is not possible.</summary>
    /// <param name="content">What was saved.</param>
    /// <param name="rollout">The rollout that is under way.</param>
    /// <returns>Whether they are where they were.</returns>
    /// <exception cref="CheckpointException">The transforms make something else of what they show.</exception>
    public bool RestoreEnvironments(CheckpointContent content, Rollout rollout)
    {
        content.Restore(Collector, _collector.RestoreState);
        var restores = content.Has(Environments) && IncludesEnvironments;
        if (restores)
            content.Restore(Environments, _parts.Environments.Environments.RestoreState);

        // A transform with a state of its own is allowed to make something else.
        if (!_parts.Environments.KeepsState && _collector.Difference() is var (environment, slot))
            throw Changed(environment, slot);
        if (!restores)
            _collector.StartAnew(rollout);
        return restores;
    }

    private CheckpointException Changed(int environment, int slot) => new(
        $"The transforms between environment '{_parts.Environments.Environments.Name}' and the policy make another value of slot {slot} of what environment {environment} shows than they did in the run that wrote the checkpoint: they were changed, or fitted on other data. Use the same pipeline and the same table (rows and seed of LoadFromEnvironment).");

    private static ICheckpointable Checkpointable(ICheckpointable? checkpointable, string kind, object part) =>
        checkpointable is { IsCheckpointable: true } ? checkpointable : throw Unsavable(kind, part.GetType().Name);

    private static InvalidOperationException Unsavable(string kind, string name) =>
        new($"The state of the {kind} {name} cannot be saved, so that training could not go on from a checkpoint: let it implement {nameof(ICheckpointable)}, or leave {nameof(TrpoOptions.Checkpoints)} and {nameof(HealthOptions)}.{nameof(HealthOptions.MaxRollbacks)} out.");
}
