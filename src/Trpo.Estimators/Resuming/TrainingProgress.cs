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
        Iteration = reader.ReadInt32(Math.Max(1, Schedule.IterationBefore), Schedule.LastIteration + 1, "The iteration");
        IsBegun = reader.ReadBoolean();
        Steps = reader.ReadInt32(0, int.MaxValue, "The number of steps");
    }
}
