using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Resuming;

/// <summary>The position of a training in its schedule.</summary>
internal sealed class TrainingProgress : ICheckpointable
{
    /// <summary>The seed that all random streams were split from.</summary>
    public int Seed { get; set; }

    /// <summary>The steps of all iterations, also of those to come.</summary>
    public IterationSchedule Schedule { get; set; }

    /// <summary>The iteration that is in progress or comes next, from 1.</summary>
    public int Iteration { get; set; } = 1;

    /// <summary>True while <see cref="Iteration"/> is in progress.</summary>
    public bool IsBegun { get; set; }

    /// <summary>The environment steps of the iterations before <see cref="Iteration"/>, over all environments.</summary>
    public int Steps { get; set; }

    /// <summary>True if all iterations are complete.</summary>
    public bool IsComplete => !IsBegun && Iteration > Schedule.LastIteration;

    /// <summary>Completes the iteration in progress.</summary>
    /// <param name="steps">Its environment steps, over all environments.</param>
    public void Complete(int steps)
    {
        Steps += steps;
        Iteration++;
        IsBegun = false;
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(Seed);
        Schedule.SaveState(writer);
        writer.Write(Iteration);
        writer.Write(IsBegun);
        writer.Write(Steps);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        Seed = reader.ReadInt32();
        Schedule = IterationSchedule.Restore(reader);
        Iteration = reader.ReadInt32(Math.Max(1, Schedule.IterationBefore), (int)Math.Min(Schedule.LastIteration + 1L, int.MaxValue), "The iteration");
        IsBegun = reader.ReadBoolean();
        if (IsBegun ? Iteration > Schedule.LastIteration : Iteration == Schedule.IterationBefore)
            throw new InvalidDataException(FormattableString.Invariant($"Iteration {Iteration} {(IsBegun ? "is in progress" : "comes next")}, which the schedule of the iterations from {Schedule.IterationBefore + 1} to {Schedule.LastIteration} does not have."));
        Steps = reader.ReadInt32(0, int.MaxValue, "The number of steps");
    }

    /// <summary>Throws if the restored numbers of steps are not those of the schedule.</summary>
    /// <param name="environments">The number of environments.</param>
    /// <param name="rows">The number of rows of the current rollouts.</param>
    /// <exception cref="CheckpointException">They are not.</exception>
    public void CheckSteps(int environments, int rows)
    {
        // The iteration in progress may be the last of an earlier schedule.
        if (Iteration > Schedule.IterationBefore && Steps != (long)environments * Schedule.StepsUpTo(Iteration - 1))
            throw new CheckpointException(FormattableString.Invariant($"The progress of the checkpoint is damaged: {Steps} steps precede iteration {Iteration}, but its schedule has {(long)environments * Schedule.StepsUpTo(Iteration - 1)}."));
        if (IsBegun && (long)Steps + rows != (long)environments * Schedule.StepsUpTo(Iteration))
            throw new CheckpointException(FormattableString.Invariant($"The progress of the checkpoint is damaged: iteration {Iteration} ends after {(long)Steps + rows} steps, but its schedule has {(long)environments * Schedule.StepsUpTo(Iteration)}."));
    }
}
