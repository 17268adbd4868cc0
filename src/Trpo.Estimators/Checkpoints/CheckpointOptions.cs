using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Checkpoints;

/// <summary>Where and how often training keeps what it needs to go on after it was stopped, in whatever way.</summary>
public sealed record CheckpointOptions
{
    /// <summary>The folder of the checkpoints, of one run alone; it is created where it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// Whether training goes on from the latest checkpoint in the folder; where there is none yet, it starts from the beginning. False by default: a folder
    /// with checkpoints in it is then refused, so that no run replaces those of another.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// The time from one checkpoint to the next, which is the most that a process that is killed loses. One is written between two steps of the environments, also in the middle of an
    /// iteration; and another where training ends or is cancelled. Positive; a minute by default.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>How many of the latest checkpoints are kept. From 1 to 1,000; 3 by default.</summary>
    public int Kept { get; init; } = 3;

    /// <summary>Throws if a setting is missing or out of its range.</summary>
    /// <exception cref="ArgumentException">A setting is missing or out of its range; the exception names the setting.</exception>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Folder);
        Check.Positive(Interval);
        Check.Between(Kept, 1, 1_000);
    }
}
