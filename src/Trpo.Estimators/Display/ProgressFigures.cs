namespace Trpo.Estimators.Display;

/// <summary>The numbers of an iteration that a display shows.</summary>
internal readonly record struct ProgressFigures
{
    /// <summary>Gets the training; null for an iteration that no training made.</summary>
    public TrainingRun? Run { get; init; }

    /// <summary>Gets the steps so far.</summary>
    public required long Done { get; init; }

    /// <summary>Gets the steps of the whole training; 0 or less if they are unknown.</summary>
    public required long Total { get; init; }

    /// <summary>Gets the name of <see cref="Value"/>.</summary>
    public required string Measure { get; init; }

    /// <summary>Gets the number that is improved; NaN while there is none.</summary>
    public required double Value { get; init; }

    /// <summary>Gets the divergence of the last update, in nats.</summary>
    public required double Kl { get; init; }

    /// <summary>Gets the steps per second; NaN if a display must measure them.</summary>
    public double Rate { get; init; } = double.NaN;

    /// <summary>Gets the time since training began; null if a display must measure it.</summary>
    public TimeSpan? Elapsed { get; init; }

    /// <summary>True if no iteration follows.</summary>
    public required bool IsLast { get; init; }

    /// <summary>Creates figures whose rate is unknown.</summary>
    public ProgressFigures()
    {
    }
}
