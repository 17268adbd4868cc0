namespace Trpo.Estimators.Optimization;

/// <summary>Changes a policy's parameters so that an objective improves while the policy stays close to what it was. <see cref="TrustRegionOptimizer"/> is the one that training uses by default.</summary>
public interface IPolicyOptimizer
{
    /// <summary>Takes one step.</summary>
    /// <param name="problem">What to improve, and what to stay close to.</param>
    /// <returns>
    /// What was done. Unless it was accepted, the parameters are bit for bit as they were. Training goes on after any outcome but
    /// <see cref="TrustRegionOutcome.NonFiniteGradient"/>, which ends it with an exception that names <see cref="TrustRegionStep.Offender"/>.
    /// </returns>
    TrustRegionStep Step(ITrustRegionProblem problem);
}
