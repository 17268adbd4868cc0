namespace Trpo.Results.Logs;

/// <summary>The share of logs whose intervals of 95 % hold the truth.</summary>
/// <param name="Beta">The logging policy is softmax(beta q).</param>
/// <param name="Rows">The rows of a log.</param>
/// <param name="Replications">The number of logs.</param>
/// <param name="EffectiveRows">The mean effective sample size.</param>
/// <param name="RewardedMatches">The mean effective number of rows with another reward than the commonest.</param>
/// <param name="DoublyRobust">The share of DR's intervals.</param>
/// <param name="SelfNormalized">The share of SNIPS's intervals.</param>
/// <param name="Trusted">The share of logs on which the evaluation is to be trusted.</param>
internal sealed record LogCoverage(double Beta, int Rows, int Replications, double EffectiveRows, double RewardedMatches, double DoublyRobust, double SelfNormalized, double Trusted);
