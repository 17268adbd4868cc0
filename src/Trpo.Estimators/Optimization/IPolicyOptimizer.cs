namespace Trpo.Estimators.Optimization;

/// <summary>An optimizer of a policy's parameters that improves an objective while the policy stays close to its start. The default of training is <see cref="TrustRegionOptimizer"/>.</summary>
public interface IPolicyOptimizer
{
    /// <summary>Takes one step.</summary>
    /// <param name="problem">The objective and the divergence.</param>
    /// <returns>
    /// The result. Unless the step was accepted, the parameters are restored bit for bit. Training continues after any outcome but
    /// <see cref="TrustRegionOutcome.NonFiniteGradient"/>, which ends it with an exception that names <see cref="TrustRegionStep.Offender"/>.
    /// </returns>
    TrustRegionStep Step(ITrustRegionProblem problem);
}
