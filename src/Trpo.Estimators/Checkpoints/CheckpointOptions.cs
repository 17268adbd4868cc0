using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Checkpoints;

/// <summary>The folder and the interval of checkpoints, from which training resumes after it was stopped or killed.</summary>
public sealed record CheckpointOptions
{
    /// <summary>The folder of the checkpoints of one run; it is created if it is missing.</summary>
    public required string Folder { get; init; }

    /// <summary>
    /// True to resume from the latest checkpoint in the folder, or to start from the beginning if there is none. False, the default, refuses a folder
    /// with checkpoints, so that no run replaces those of another.
    /// </summary>
    public bool Resume { get; init; }

    /// <summary>
    /// The time from one checkpoint to the next, the maximum that a killed process loses. Checkpoints are written between two steps of the environments, also in the middle of an
    /// iteration, and where training ends or is cancelled. Positive; a minute by default.
    /// </summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary>The number of the latest checkpoints to keep. From 1 to 1,000; 3 by default.</summary>
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
