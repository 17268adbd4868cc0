namespace Trpo.Onnx.Hosting;

/// <summary>The settings of a <see cref="PolicyHost"/>.</summary>
public sealed class PolicyHostOptions
{
    /// <summary>The shortest <see cref="WatchInterval"/>: 10 ms.</summary>
    public static readonly TimeSpan MinWatchInterval = TimeSpan.FromMilliseconds(10);

    /// <summary>
    /// The time between two looks at the file, at least <see cref="MinWatchInterval"/>; null, the default, if the file is loaded again by
    /// <see cref="PolicyHost.Reload"/> only. The length and the time of the last change are compared, of the file that a link leads to: a new version that has both
    /// in common with the one before is served by <see cref="PolicyHost.Reload"/> only.
    /// </summary>
    public TimeSpan? WatchInterval { get; set; }

    /// <summary>True if the caller vouches for the file, as in <see cref="PolicySession.Open(string, bool)"/>; false by default.</summary>
    public bool Trust { get; set; }

    /// <summary>
    /// Receives every replacement, and every file that was refused, once for each version of the file; null by default. The thread that replaces the
    /// policy, or looks at the file, calls it. An exception that it throws leaves <see cref="PolicyHost.Reload"/> or
    /// <see cref="PolicyHost.Replace"/>, after the replacement; while the file is watched, it ends the process like any in a timer.
    /// </summary>
    public Action<PolicyChange>? Changed { get; set; }

    /// <summary>The clock of the <see cref="WatchInterval"/>; the system's by default.</summary>
    public TimeProvider TimeProvider { get; set; } = TimeProvider.System;

    /// <summary>Returns a copy, which later changes of this object do not change.</summary>
    internal PolicyHostOptions Copy() => (PolicyHostOptions)MemberwiseClone();

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The interval is shorter than <see cref="MinWatchInterval"/> or longer than a timer's longest, 49 days.</exception>
    internal void Validate()
    {
        ArgumentNullException.ThrowIfNull(TimeProvider);
        if (WatchInterval is { } interval && (interval < MinWatchInterval || interval.TotalMilliseconds >= uint.MaxValue - 1))
            throw new ArgumentOutOfRangeException(nameof(WatchInterval), interval, $"A file is looked at every 10 ms at most, and every 49 days at least; null leaves it to {nameof(PolicyHost.Reload)}.");
    }
}
