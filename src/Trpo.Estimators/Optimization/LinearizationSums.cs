namespace Trpo.Estimators.Optimization;

/// <summary>Sums over rows at the start of a step.</summary>
/// <param name="Objective">The sum that the objective is the mean of: the advantages of a policy, the squared errors of a value function.</param>
/// <param name="Entropy">The sum of the entropies of a policy's distributions, in nats; 0 for a value function.</param>
internal readonly record struct LinearizationSums(double Objective, double Entropy)
{
    /// <summary>Adds two sums.</summary>
    public static LinearizationSums Add(LinearizationSums left, LinearizationSums right) => new(left.Objective + right.Objective, left.Entropy + right.Entropy);
}
