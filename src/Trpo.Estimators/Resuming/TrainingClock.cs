using System.Diagnostics;
using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Resuming;

/// <summary>A clock of the time that training has run, without the time between a stop and a resume.</summary>
internal sealed class TrainingClock : ICheckpointable
{
    private readonly long _started = Stopwatch.GetTimestamp();
    private TimeSpan _before;

    /// <summary>The time that training has run.</summary>
    public TimeSpan Elapsed => _before + Stopwatch.GetElapsedTime(_started);

    /// <summary>The time of this clock at which the current iteration began.</summary>
    public TimeSpan IterationStart { get; private set; }

    /// <summary>Sets <see cref="IterationStart"/> to now.</summary>
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
            throw new InvalidDataException(FormattableString.Invariant($"The time of training, {elapsed} with an iteration from {start} on, is impossible."));
        (_before, IterationStart) = (elapsed, start);
    }
}
