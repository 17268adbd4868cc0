namespace Trpo.Estimators.Optimization;

/// <summary>Sums over rows at a trial of the line search.</summary>
/// <param name="Objective">The sum that the objective is the mean of.</param>
/// <param name="Divergence">The sum of the divergences from the start: KL(old || new), or the squared differences of values.</param>
internal readonly record struct TrialSums(double Objective, double Divergence)
{
    /// <summary>Adds two sums.</summary>
    public static TrialSums Add(TrialSums left, TrialSums right) => new(left.Objective + right.Objective, left.Divergence + right.Divergence);
}
