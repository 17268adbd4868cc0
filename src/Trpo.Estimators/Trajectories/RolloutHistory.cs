using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Trajectories;

/// <summary>The current rollout and the complete ones before it, the latest first. The memory of a rollout that drops out is reused.</summary>
/// <param name="maxEarlier">The maximum number of earlier rollouts; 0 keeps none.</param>
/// <param name="create">Creates an empty rollout.</param>
internal sealed class RolloutHistory(int maxEarlier, Func<Rollout> create) : ICheckpointable
{
    private readonly List<Rollout> _earlier = [];

    /// <summary>The rollout that is being collected, or was collected last.</summary>
    public Rollout Current { get; private set; } = create();

    /// <summary>The rollouts before the current one, the latest first.</summary>
    public IReadOnlyList<Rollout> Earlier => _earlier;

    /// <summary>Starts the next rollout; the current one, if it is complete, becomes the first of <see cref="Earlier"/>.</summary>
    /// <param name="steps">The number of steps to collect from each environment.</param>
    public void Next(int steps)
    {
        if (maxEarlier > 0 && Current.IsComplete)
        {
            _earlier.Insert(0, Current);
            if (_earlier.Count > maxEarlier)
            {
                Current = _earlier[^1];
                _earlier.RemoveAt(maxEarlier);
            }
            else
            {
                Current = create();
            }
        }

        Current.Clear(steps);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        Current.SaveState(writer);
        writer.Write(_earlier.Count);
        foreach (var rollout in _earlier)
            rollout.SaveState(writer);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        Current.RestoreState(reader);
        _earlier.Clear();
        for (var left = reader.ReadInt32(0, maxEarlier, "The number of earlier rollouts"); left > 0; left--)
        {
            var rollout = create();
            rollout.RestoreState(reader);
            if (!rollout.IsComplete)
                throw new InvalidDataException("An earlier rollout is not complete.");
            _earlier.Add(rollout);
        }
    }
}
