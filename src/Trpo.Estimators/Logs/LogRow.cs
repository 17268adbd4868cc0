namespace Trpo.Estimators.Logs;

/// <summary>The current row of a log, as it was read and not yet checked. The memory belongs to the reader and changes with the next row.</summary>
internal sealed class LogRow
{
    /// <summary>The index of the row, from 0.</summary>
    public long Index { get; set; }

    /// <summary>The index of the action; -1 if it is none.</summary>
    public int Action { get; set; }

    /// <summary>The action as a text for messages.</summary>
    public string ActionText { get; set; } = "";

    /// <summary>The probability of the action.</summary>
    public double Probability { get; set; }

    /// <summary>The reward.</summary>
    public double Reward { get; set; }

    /// <summary>The index of the episode; -1 if the value is missing, 0 if the log has no column of episodes.</summary>
    public int Episode { get; set; }

    /// <summary>The step in the episode; 0 if the log has no column of steps.</summary>
    public double Step { get; set; }

    /// <summary>The observation, <c>[d]</c>; empty if the column is not read.</summary>
    public float[] Observation { get; init; } = [];

    /// <summary>The features of the candidates, <c>[M, d]</c>; empty if there are none.</summary>
    public float[] ActionFeatures { get; init; } = [];

    /// <summary>The mask of eligible actions as numbers, <c>[A]</c>; empty if there is none.</summary>
    public float[] Mask { get; init; } = [];

    /// <summary>The mask of eligible actions, <c>[A]</c>; empty if there is none.</summary>
    public bool[] Eligible { get; init; } = [];

    /// <summary>The number of features of a candidate, d.</summary>
    public int FeatureCount => ActionFeatures.Length / Math.Max(1, Mask.Length);

    /// <summary>The number of the values of the observation in front of those of the candidates and the mask; negative if it has less than these.</summary>
    public int ContextLength => Observation.Length - ActionFeatures.Length - Mask.Length;

    /// <summary>True if the last values of the observation are the features of the candidates, if there are any, and behind them the mask.</summary>
    public bool EndsWithMask => ContextLength >= 0
        && Observation.AsSpan(ContextLength, ActionFeatures.Length).SequenceEqual(ActionFeatures)
        && Observation.AsSpan(ContextLength + ActionFeatures.Length).SequenceEqual(Mask);
}
