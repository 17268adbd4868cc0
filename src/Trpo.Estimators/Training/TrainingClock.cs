using System.Diagnostics;
using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Training;

/// <summary>The time that training has taken, without the time in which it was stopped.</summary>
internal sealed class TrainingClock : ICheckpointable
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _before;

    /// <summary>The time since training began.</summary>
    public TimeSpan Elapsed => _before + Stopwatch.GetElapsedTime(_started);

    /// <summary>When the iteration that is under way began, by this clock.</summary>
    public TimeSpan IterationStart { get; private set; }

    /// <summary>An iteration begins.</summary>
    public void BeginIteration() => IterationStart = Elapsed;

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
        writer.Write(Elapsed.Ticks);
        writer.Write(IterationStart.Ticks);
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
        var (elapsed, start) = (TimeSpan.FromTicks(reader.ReadInt64()), TimeSpan.FromTicks(reader.ReadInt64()));
        if (elapsed < TimeSpan.Zero || elapsed.TotalDays > 36_500 || start < TimeSpan.Zero || start > elapsed)
            throw new InvalidDataException($"The time of training, {elapsed}, is impossible.");
        (_before, IterationStart) = (elapsed, start);
    }
}
