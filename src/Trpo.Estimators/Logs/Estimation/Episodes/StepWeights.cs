namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>Statistics of the weights of single steps, which tell wrong probabilities from products of many steps.</summary>
/// <param name="Mean">The mean weight over all rows, with its standard error over episodes: 1 in expectation if the probabilities are right, and far less dispersed than the products.</param>
/// <param name="EffectiveRows">The effective sample size of the rows by these weights.</param>
/// <param name="Max">The largest weight of a step.</param>
internal readonly record struct StepWeights(MeanOfTerms Mean, double EffectiveRows, double Max);
