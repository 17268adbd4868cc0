namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The estimated mean reward per decision of a baseline.</summary>
public sealed record LogBaseline
{
    /// <summary>The baseline.</summary>
    public required LogBaselineKind Kind { get; init; }

    /// <summary>The estimate: the mean of the rewards for <see cref="LogBaselineKind.Log"/>, DR for the others, on rows that the baseline was not chosen by.</summary>
    public required double Value { get; init; }

    /// <summary>The standard error of <see cref="Value"/>.</summary>
    public required double StandardError { get; init; }

    /// <summary>The gain of the policy that is evaluated over the baseline by DR, from the differences of the terms of each row.</summary>
    public required double Gain { get; init; }

    /// <summary>The standard error of <see cref="Gain"/>.</summary>
    public required double GainError { get; init; }

    /// <summary>The number of equally weighted rows that tell as much; the number of rows for <see cref="LogBaselineKind.Log"/>.</summary>
    public required double EffectiveSampleSize { get; init; }
}
