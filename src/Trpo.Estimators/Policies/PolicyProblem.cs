using Trpo.Estimators.Optimization;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Policies;

/// <summary>
/// The trust-region problem of a policy's update (Schulman et al., "Trust region policy optimization" (2015), equation 14): to maximize the expected advantage
/// <c>L = mean(ratio A)</c>, <c>ratio = pi(a|s) / pi_old(a|s)</c>, while the mean of KL(pi_old(.|s) || pi(.|s)) over the states stays small.
/// </summary>
internal sealed class PolicyProblem : ITrustRegionProblem
{
    private readonly PartialProblems _parts;

    /// <param name="objectives">The groups of rows, at least one; they hold copies of one policy.</param>
    /// <param name="threads">The threads that the groups are computed on; null for the calling thread.</param>
    /// <param name="gatherInto">The policy on whose copy of the parameters the Fisher products of all groups are computed; null for products of each group.</param>
    public PolicyProblem(IReadOnlyList<IPartialProblem> objectives, PartThreads? threads = null, StochasticPolicy? gatherInto = null) =>
        _parts = new PartialProblems(objectives, threads, gatherInto is null ? null : rows => new PolicyObjective(gatherInto, rows.Observations, rows.Actions, new double[rows.Count], fisherFraction: 1));

    /// <inheritdoc cref="PolicyObjective(StochasticPolicy, ReadOnlyMemory{float}, double[], double[], double)"/>
    public PolicyProblem(StochasticPolicy policy, ReadOnlyMemory<float> observations, double[] actions, double[] advantages, double fisherFraction)
        : this([new PolicyObjective(policy, observations, actions, advantages, fisherFraction)])
    {
    }

    public int Length => _parts.Length;

    /// <summary>The mean entropy of the policy at the start, in nats; NaN before <see cref="Gradient"/>.</summary>
    public double Entropy { get; private set; } = double.NaN;

    public void CopyTo(Span<double> parameters) => _parts.CopyTo(parameters);

    public void Assign(ReadOnlySpan<double> parameters) => _parts.Assign(parameters);

    public string NameOf(int index) => _parts.NameOf(index);

    /// <inheritdoc cref="IPartialProblem.FindNonFinite"/>
    public string? FindNonFinite() => _parts.FindNonFinite();

    /// <summary>Computes <c>L</c> and <c>grad L = mean(A grad log pi(a|s))</c> at the start, where the ratio is 1.</summary>
    public double Gradient(Span<double> gradient)
    {
        var sums = _parts.Linearize(_parts.Rows, gradient);
        Entropy = sums.Entropy / _parts.Rows;
        return sums.Objective / _parts.Rows;
    }

    /// <summary>Computes <c>mean(J^T M J) v</c> over the sampled states: <c>M</c> is the Fisher matrix of the family of distributions, <c>J</c> the derivatives of its parameters.</summary>
    public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product) => _parts.FisherProduct(vector, _parts.FisherRows, product);

    public (double Objective, double MeanKl) Evaluate()
    {
        var sums = _parts.Evaluate();
        return (sums.Objective / _parts.Rows, sums.Divergence / _parts.Rows);
    }
}
