namespace Trpo.Estimators.Probing;

/// <summary>The result of one probe: a number whose value is known in advance, and the number that was found.</summary>
public sealed record ProbeResult
{
    /// <summary>The name of the probe, such as <c>discounting</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The kind of the actions, <c>discrete</c> or <c>box</c>; empty for a probe without actions.</summary>
    public required string Actions { get; init; }

    /// <summary>The quantity that was measured: of several, the one with the largest error.</summary>
    public required string Quantity { get; init; }

    /// <summary>The known value.</summary>
    public required double Expected { get; init; }

    /// <summary>The value that was found; NaN if there is none because of an <see cref="Error"/>.</summary>
    public required double Found { get; init; }

    /// <summary>The largest distance between both with which the probe passes.</summary>
    public required double Tolerance { get; init; }

    /// <summary>The usual causes of a failure of this probe.</summary>
    public required string Meaning { get; init; }

    /// <summary>The exception that ended the probe; null if none did.</summary>
    public Exception? Error { get; init; }

    /// <summary>The time that the probe took.</summary>
    public TimeSpan Elapsed { get; init; }

    /// <summary>True if the value was found within the tolerance.</summary>
    public bool Passed => Error is null && Math.Abs(Found - Expected) <= Tolerance;
}
