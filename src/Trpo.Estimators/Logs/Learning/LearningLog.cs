using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>A log in memory from which a policy is learned, in an order that the seed and the rows decide, not the view.</summary>
/// <param name="Rows">The rows, with standardized rewards. The eligible actions are the last values of the observations, where the log has any.</param>
/// <param name="Actions">The names of the actions, <c>[A]</c>.</param>
/// <param name="Scale">The scale of the rewards.</param>
/// <param name="HasMask">True if the last A values of the observations are a mask of the eligible actions.</param>
internal sealed record LearningLog(LoggedRows Rows, IReadOnlyList<string> Actions, RewardScale Scale, bool HasMask)
{
    /// <summary>The number of rows for training, which come first; the others are held out.</summary>
    public int Training { get; init; } = Rows.Count;

    /// <summary>The expected rewards of all actions, <c>[N, A]</c>; empty without a reward model, which is a model of zeros.</summary>
    public float[] Expected { get; init; } = [];

    /// <summary>The probability m that smaller ones of logged actions are replaced by where the reward model is corrected; 0 for none.</summary>
    public double MinProbability { get; init; }

    /// <summary>Returns the number of training rows of each action, <c>[A]</c>.</summary>
    public int[] CountActions()
    {
        var counts = new int[Rows.ActionCount];
        foreach (var action in Rows.Actions.AsSpan(0, Training))
            counts[action]++;
        return counts;
    }

    /// <summary>Returns the rows as a reward model sees them: without the mask, which tells nothing of the reward of an action. A model of candidates reads them by their layout.</summary>
    public LoggedRows WithoutMask()
    {
        if (!HasMask || Rows.Candidates is not null)
            return Rows;
        var length = Rows.Length - Rows.ActionCount;
        var observations = new float[Rows.Count * length];
        for (var row = 0; row < Rows.Count; row++)
            Rows.Observation(row)[..length].CopyTo(observations.AsSpan(row * length));
        return new LoggedRows(Rows.ActionCount, length) { Actions = Rows.Actions, Propensities = Rows.Propensities, Rewards = Rows.Rewards, Observations = observations };
    }
}
