using System.Globalization;

namespace Trpo.Estimators.Logs;

/// <summary>The faults that a row has by itself: the values that no evaluation can work with.</summary>
/// <param name="columns">The names of the columns, for the messages.</param>
/// <param name="observation">The name of the column of observations, for the messages.</param>
internal sealed class RowFaults(LogColumns columns, string? observation)
{
    // A softmax in single precision may round above 1.
    private const double MaxProbability = 1 + 1e-6;

    // Whole numbers beyond are not distinct as floating-point numbers.
    private const double MaxStep = 1L << 53;

    /// <summary>Returns the faults of a row, each with a message.</summary>
    /// <param name="row">The row.</param>
    /// <param name="actions">The names of the actions.</param>
    public IEnumerable<(LogFault Fault, string Message)> Of(LogRow row, IReadOnlyList<string> actions)
    {
        var where = Where(row.Index);
        if (row.Action < 0)
            yield return (LogFault.ActionUnknown, $"{where}, the action in column '{columns.Action}' is {row.ActionText}, which is none of the actions{(actions.Count == 0 ? "" : $" {LogSchema.List(actions)}")}. Correct the action, or leave the row out.");
        if (!(row.Probability > 0 && row.Probability <= MaxProbability))
            yield return (LogFault.ProbabilityInvalid, $"{where}, the probability of the action in column '{columns.ProbabilityName}' is {(columns.LogProbability is null ? "" : "the exponential of the value, ")}{Text(row.Probability)}. It must be above 0 and at most 1: an action that was taken had a chance. Log the probability with which it was drawn, or leave the row out.");
        if (!double.IsFinite(row.Reward))
            yield return (LogFault.RewardNotFinite, $"{where}, the reward in column '{columns.Reward}' is {Text(row.Reward)}. Join the reward of the decision; leave the row out only if rewards are missing at random, and do not replace them by 0.");
        if (row.Episode < 0)
            yield return (LogFault.EpisodeMissing, $"{where}, column '{columns.Episode}' names no episode. Join the identifier of the episode, or leave the whole episode out.");
        if (row.Step != Math.Floor(row.Step) || !double.IsFinite(row.Step))
            yield return (LogFault.StepInvalid, $"{where}, the step in column '{columns.Step}' is {Text(row.Step)}. Number the rows of each episode by whole numbers from 0, or set LogColumns.Step to null if they are in the order of the view.");
        else if (Math.Abs(row.Step) > MaxStep)
            yield return (LogFault.StepInvalid, $"{where}, the step in column '{columns.Step}' is {Text(row.Step)}. A step is a count, not a time: number the rows of each episode by whole numbers from 0, or set LogColumns.Step to null if they are in the order of the view.");
        var index = FindFeature(row);
        if (index >= 0)
            yield return (LogFault.ActionFeaturesNotFinite, $"{where}, feature {index % row.FeatureCount} of candidate {index / row.FeatureCount} in column '{columns.ActionFeatures}' is {Text(row.ActionFeatures[index])}. Replace missing features, or leave the candidate out of the mask in column '{columns.Eligible}'.");
        index = Array.FindIndex(row.Observation, value => !float.IsFinite(value));
        if (index >= 0)
            yield return (LogFault.ObservationNotFinite, $"{where}, value {index} of column '{observation}' is {Text(row.Observation[index])}. Put ReplaceMissingValues in front, or leave the row out.");
        if (row.Mask.Length == 0)
            yield break;
        index = Array.FindIndex(row.Mask, value => value is not (0 or 1));
        if (index >= 0)
            yield return (LogFault.MaskInvalid, $"{where}, value {index} of column '{columns.Eligible}' is {Text(row.Mask[index])}. A mask has 1 for an action that could be taken, and 0 for one that could not.");
        else if (columns.ActionFeatures is not null && Array.TrueForAll(row.Mask, value => value == 0))
            yield return (LogFault.NoCandidates, $"{where}, no candidate exists: column '{columns.Eligible}' is 0 for all. Leave rows without candidates out: there was nothing to decide.");
        else if (row.Action >= 0 && row.Mask[row.Action] == 0 && columns.ActionFeatures is not null)
            yield return (LogFault.ActionNotEligible, $"{where}, candidate {row.Action} was taken, which is padding: column '{columns.Eligible}' has 0 for it. The action is the index of the candidate, from 0, in the order of column '{columns.ActionFeatures}'.");
        else if (row.Action >= 0 && row.Mask[row.Action] == 0)
            yield return (LogFault.ActionNotEligible, $"{where}, action '{actions[row.Action]}' was taken, but column '{columns.Eligible}' has 0 for it. Log the mask that held when the action was drawn, in the order of the actions.");
    }

    /// <summary>Returns the place of a row as the beginning of a sentence.</summary>
    public static string Where(long row) => string.Create(CultureInfo.InvariantCulture, $"In row {row} (from 0)");

    // The first feature of a candidate that exists, or could, which is not finite; -1 if there is none.
    private static int FindFeature(LogRow row)
    {
        for (var i = 0; i < row.ActionFeatures.Length; i++)
        {
            if (!float.IsFinite(row.ActionFeatures[i]) && row.Mask[i / row.FeatureCount] != 0)
                return i;
        }

        return -1;
    }

    private static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
