using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Health;
using Trpo.Estimators.Shards;

namespace Trpo.Estimators.Resuming;

/// <summary>The state of a training that a checkpoint saves: everything that later results depend on.</summary>
internal sealed class TrainingState
{
    private const string RandomState = "random numbers";

    private readonly TrainingParts _parts;
    private readonly ShardGroup _shards;
    private readonly TrainingProgress _progress;
    private readonly HealthMonitor _health;
    private readonly IReadOnlyList<(string Name, ICheckpointable Part)> _named;

    // Those of the policy that training began with.
    private readonly long _earlierObservations;

    /// <param name="parts">The parts of the training, which <see cref="Check(TrainingParts)"/> has passed.</param>
    /// <param name="shards">The shards.</param>
    /// <param name="progress">The position in the schedule.</param>
    /// <param name="window">The returns of the last episodes.</param>
    /// <param name="health">The health monitor.</param>
    public TrainingState(TrainingParts parts, ShardGroup shards, TrainingProgress progress, ReturnWindow window, HealthMonitor health)
    {
        _parts = parts;
        _shards = shards;
        _earlierObservations = parts.Policy.Normalizer?.Observed ?? 0;
        (_progress, _health) = (progress, health);
        List<(string, ICheckpointable)> named =
        [
            ("progress", progress), ("mean return", window), ("health", health),
        ];
        if (parts.Optimizer is ICheckpointable optimizer)
            named.Add(("optimizer", optimizer));
        _named = named;
    }

    /// <summary>Throws if the state of a custom part cannot be saved.</summary>
    /// <exception cref="InvalidOperationException">The state of a custom part cannot be saved.</exception>
    public static void Check(TrainingParts parts)
    {
        Check(parts.ValueFunction as ICheckpointable, "baseline", parts.ValueFunction);
        if (!parts.Policy.IsCheckpointable)
            throw NotCheckpointable("network", parts.Policy.Architecture);

        // An optimizer that keeps nothing from step to step has no state to save.
        if (parts.Optimizer is ICheckpointable optimizer)
            Check(optimizer, "optimizer", parts.Optimizer);
    }

    /// <summary>The iteration that is in progress or comes next.</summary>
    public int Iteration => _progress.Iteration;

    /// <summary>The environment steps of the iterations before <see cref="Iteration"/>, over all environments.</summary>
    public int Steps => _progress.Steps;

    /// <summary>True if the training may end within a step, as with workers that may be lost, so that the state before each iteration is kept.</summary>
    public bool KeepsIterationStart => _parts.Environments.MayEndWithinStep || _shards.IsRemote;

    /// <summary>Adds the state, but for that of the environments.</summary>
    public void Save(CheckpointContent content)
    {
        foreach (var (name, part) in _named)
            content.Add(name, part.SaveState);
        _shards.Save(content);
        content.Add(RandomState, writer =>
        {
            writer.Write(_parts.PartRandoms.Count);
            foreach (var random in _parts.PartRandoms)
                random.SaveState(writer);
        });
    }

    /// <summary>Restores what <see cref="Save"/> added.</summary>
    /// <exception cref="CheckpointException">It is not the state of such a training.</exception>
    public void Restore(CheckpointContent content)
    {
        foreach (var (name, part) in _named)
            content.Restore(name, part.RestoreState);
        _shards.Restore(content);
        content.Restore(RandomState, reader =>
        {
            reader.ReadInt32(_parts.PartRandoms.Count, _parts.PartRandoms.Count, "The number of random streams");
            foreach (var random in _parts.PartRandoms)
                random.RestoreState(reader);
        });
        CheckCounts();
    }

    // Parts that were restored each for itself count the same iterations and steps.
    private void CheckCounts()
    {
        _progress.CheckSteps(_shards.EnvironmentCount, _shards.RowCount);
        if (_health.Iterations != _progress.Iteration - 1)
            throw new CheckpointException(FormattableString.Invariant($"The health of the checkpoint is damaged: it is that after {_health.Iterations} iterations, but iteration {_progress.Iteration} comes next."));
        if (_parts.Policy.Normalizer is { } normalizer && (normalizer.Observed - _earlierObservations > _progress.Steps || (_progress.IsBegun && normalizer.Observed - _earlierObservations < _progress.Steps)))
            throw new CheckpointException(FormattableString.Invariant($"The policy of the checkpoint is damaged: it normalizes by {normalizer.Observed} observations, but {_progress.Steps} steps precede iteration {_progress.Iteration}."));
    }

    /// <summary>Adds the states of the environments, where they can be saved, and the observations that they are at.</summary>
    public void SaveEnvironments(CheckpointContent content) => _shards.SaveEnvironments(content);

    /// <summary>Restores the environments, or resets them where that is not possible.</summary>
    /// <returns>True if they were restored.</returns>
    /// <exception cref="CheckpointException">The transforms compute other values than they did for the saved observations.</exception>
    public bool RestoreEnvironments(CheckpointContent content) => _shards.RestoreEnvironments(content);

    private static void Check(ICheckpointable? checkpointable, string kind, object part)
    {
        if (checkpointable is not { IsCheckpointable: true })
            throw NotCheckpointable(kind, part.GetType().Name);
    }

    private static InvalidOperationException NotCheckpointable(string kind, string name) =>
        new($"The state of the {kind} {name} cannot be saved, so that training could not resume from a checkpoint: implement {nameof(ICheckpointable)}, or leave {nameof(TrpoOptions.Checkpoints)} and {nameof(HealthOptions)}.{nameof(HealthOptions.MaxRollbacks)} out.");
}
