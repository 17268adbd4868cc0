namespace Trpo.Estimators.Logs;

/// <summary>The names of the columns of a log of decisions, one decision per row.</summary>
/// <param name="Action">
/// The column of the action that was taken: a key, a whole number from 0, or a text with the action's name. "Action" by default.
/// Values of a key, numbers too, are the names of its actions; a key without values is matched by position.
/// </param>
/// <param name="Reward">The column of the reward, a number or a Boolean. "Reward" by default. A missing reward (NaN) is refused.</param>
public sealed record LogColumns(string Action = "Action", string Reward = "Reward")
{
    /// <summary>
    /// The column of the probability with which the action was drawn when it was taken, a number above 0 and at most 1. "Probability" by default. A policy writes it
    /// with <see cref="Trpo.Onnx.PolicyColumns.Probability"/>.
    /// </summary>
    public string? Probability { get; init; } = "Probability";

    /// <summary>The column of the natural logarithm of that probability, read in the place of <see cref="Probability"/>; null, the default, for none.</summary>
    public string? LogProbability { get; init; }

    /// <summary>
    /// The column of a mask, <c>Vector&lt;Single, A&gt;</c> or <c>Vector&lt;Boolean, A&gt;</c>: 1 or true for each action that could be taken in the row. Null, the default, if all could be.
    /// </summary>
    public string? Eligible { get; init; }

    /// <summary>
    /// The column of the features of candidates that change from row to row, <c>Vector&lt;Single, M * d&gt;</c>: d features of each of at most M candidates, one candidate after the other. The action is then the index of a candidate,
    /// and <see cref="Eligible"/>, which is needed and whose length is M, the mask of the candidates that exist; the values of others are not read. Null, the default, where each action is the same in all rows.
    /// </summary>
    public string? ActionFeatures { get; init; }

    /// <summary>
    /// The column of the observation on which the action was chosen, <c>Vector&lt;Single, d&gt;</c>. "Observation" by default, null for a log without. Where a trained
    /// policy is evaluated, the column that the policy reads takes its place.
    /// </summary>
    public string? Observation { get; init; } = "Observation";

    /// <summary>
    /// The column that names the episode of a row, a key, a number or a text: rows with equal values are one episode, in which an action changes what comes later. They need not be adjacent. Null, the
    /// default, if decisions are independent of each other. <see cref="Trpo.Estimators.Logs.Learning.TrpoFromLogEstimator"/> refuses episodes.
    /// </summary>
    public string? Episode { get; init; }

    /// <summary>
    /// The column of the step within the episode, a whole number: steps are counted by one, and all episodes begin with the same one, such as 0. Null, the default, if the rows of an episode are in the order
    /// of the view. A step that is missing or occurs twice is refused.
    /// </summary>
    public string? Step { get; init; }

    /// <summary>The column of the probability, or of its logarithm; null if the log has neither.</summary>
    internal string? ProbabilityName => LogProbability ?? Probability;
}
