namespace Trpo.Results.Logs;

/// <summary>The verdicts on policies that were learned from half of a log.</summary>
/// <param name="Rows">The rows of a log.</param>
/// <param name="HasEffect">False if no policy is better than another.</param>
/// <param name="IsDrawn">True if the policy draws its actions by their probabilities, false if it takes the most probable.</param>
/// <param name="Replications">The number of logs.</param>
/// <param name="Better">The number of logs on whose other half the policy is found better than the log.</param>
/// <param name="Worse">The number of logs on whose other half it is found worse.</param>
/// <param name="Untrusted">The number of logs on whose other half the evaluation is not to be trusted.</param>
/// <param name="BetterOnItsOwn">The number of logs on whose first half, which it was learned from, it is found better.</param>
/// <param name="Gain">The mean estimated gain over the log on the other halves, by DR.</param>
internal sealed record LogVerdicts(int Rows, bool HasEffect, bool IsDrawn, int Replications, int Better, int Worse, int Untrusted, int BetterOnItsOwn, double Gain);
