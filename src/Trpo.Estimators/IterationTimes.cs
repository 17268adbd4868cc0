namespace Trpo.Estimators;

/// <summary>How long the parts of one iteration took. The last two run side by side where training has two threads.</summary>
/// <param name="Rollout">Acting in the environments, the transforms in between included.</param>
/// <param name="Advantages">Valuing the observations and estimating advantages.</param>
/// <param name="PolicyUpdate">The step of the policy.</param>
/// <param name="ValueFit">The fit of the value function.</param>
public sealed record IterationTimes(TimeSpan Rollout, TimeSpan Advantages, TimeSpan PolicyUpdate, TimeSpan ValueFit);
