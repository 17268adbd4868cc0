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
    private readonly IReadOnlyList<(string Name, ICheckpointable Part)> _named;

    /// <exception cref="InvalidOperationException">The state of a custom part cannot be saved.</exception>
    public TrainingState(TrainingParts parts, ShardGroup shards, TrainingProgress progress, ReturnWindow window, HealthMonitor health)
    {
        _parts = parts;
        _shards = shards;
        List<(string, ICheckpointable)> named =
        [
            ("progress", progress), ("mean return", window), ("health", health),
        ];
        Checkpointable(parts.ValueFunction as ICheckpointable, "baseline", parts.ValueFunction);
        if (!parts.Policy.IsCheckpointable)
            throw NotCheckpointable("network", parts.Policy.Architecture);

        // An optimizer that keeps nothing from step to step has no state to save.
        if (parts.Optimizer is ICheckpointable optimizer)
            named.Add(("optimizer", Checkpointable(optimizer, "optimizer", parts.Optimizer)));
        _named = named;
    }

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
    }

    /// <summary>Adds the states of the environments, where they can be saved, and the observations that they are at.</summary>
    public void SaveEnvironments(CheckpointContent content) => _shards.SaveEnvironments(content);

    /// <summary>Restores the environments, or resets them where that is not possible.</summary>
    /// <returns>True if they were restored.</returns>
    /// <exception cref="CheckpointException">The transforms compute other values than they did for the saved observations.</exception>
    public bool RestoreEnvironments(CheckpointContent content) => _shards.RestoreEnvironments(content);

    private static ICheckpointable Checkpointable(ICheckpointable? checkpointable, string kind, object part) =>
        checkpointable is { IsCheckpointable: true } ? checkpointable : throw NotCheckpointable(kind, part.GetType().Name);

    private static InvalidOperationException NotCheckpointable(string kind, string name) =>
        new($"The state of the {kind} {name} cannot be saved, so that training could not resume from a checkpoint: implement {nameof(ICheckpointable)}, or leave {nameof(TrpoOptions.Checkpoints)} and {nameof(HealthOptions)}.{nameof(HealthOptions.MaxRollbacks)} out.");
}
