namespace Trpo.Estimators.Evaluation;

/// <summary>The difference between two policies that were evaluated on the same episodes.</summary>
/// <param name="Mean">The mean difference of the returns; positive if the first policy is better.</param>
/// <param name="Interval">The confidence interval of the mean difference, by the percentile bootstrap over episodes.</param>
/// <param name="BetterEpisodes">The number of episodes in which the first policy had the greater return.</param>
/// <param name="EqualEpisodes">The number of episodes with equal returns.</param>
/// <param name="Episodes">The number of episodes.</param>
public readonly record struct PairedDifference(double Mean, ConfidenceInterval Interval, int BetterEpisodes, int EqualEpisodes, int Episodes);
