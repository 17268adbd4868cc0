namespace Trpo.Estimators;

/// <summary>The times of the parts of one iteration. With two threads, the policy's update and the fit of the value function run side by side.</summary>
/// <param name="Rollout">The time of acting in the environments, the transforms in between included.</param>
/// <param name="Advantages">The time of valuing the observations and estimating advantages.</param>
/// <param name="PolicyUpdate">The time of the policy's update.</param>
/// <param name="ValueFit">The time of the value function's fit.</param>
public sealed record IterationTimes(TimeSpan Rollout, TimeSpan Advantages, TimeSpan PolicyUpdate, TimeSpan ValueFit);
