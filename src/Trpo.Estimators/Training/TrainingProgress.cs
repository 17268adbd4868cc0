using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Rollouts;

namespace Trpo.Estimators.Training;

/// <summary>How far a training has come.</summary>
internal sealed class TrainingProgress : ICheckpointable
{
    /// <summary>Where all randomness began.</summary>
    public int Seed { get; set; }

    /// <summary>The steps of the iterations, also those to come.</summary>
    public IterationSchedule Schedule { get; set; }

    /// <summary>The iteration that is under way or comes next, from 1.</summary>
    public int Iteration { get; set; } = 1;

    /// <summary>Whether it is under way.</summary>
    public bool IsBegun { get; set; }

    /// <summary>The environment steps of the iterations before it, over all environments.</summary>
    public int Steps { get; set; }

    /// <summary>The episodes that ended in it.</summary>
    public List<Episode> Episodes { get; } = [];

    /// <summary>Whether all iterations are done.</summary>
    public bool IsComplete => !IsBegun && Iteration > Schedule.LastIteration;

    /// <summary>The iteration is done, with a number of steps over all environments.</summary>
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
        writer.Write(Episodes.Count);
        foreach (var episode in Episodes)
        {
            writer.Write(episode.Return);
            writer.Write(episode.Length);
            writer.Write(episode.Truncated);
        }
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        Seed = reader.ReadInt32();
        Schedule = IterationSchedule.Restore(reader);
        Iteration = reader.ReadInt32(Math.Max(1, Schedule.FirstIteration), Schedule.LastIteration + 1, "The iteration");
        IsBegun = reader.ReadBoolean();
        Steps = reader.ReadInt32(0, int.MaxValue, "The number of steps");
        Episodes.Clear();
        for (var left = reader.ReadCount(bytesEach: sizeof(double), "episodes"); left > 0; left--)
            Episodes.Add(new Episode(reader.ReadDouble(), reader.ReadInt32(), reader.ReadBoolean()));
    }
}
