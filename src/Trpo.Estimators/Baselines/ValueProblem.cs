using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Baselines;

/// <summary>
/// The fit of a value function as a trust-region problem (Schulman et al., "High-dimensional continuous control using generalized advantage
/// estimation" (2016), section 5): to minimize <c>mean((V - target)^2)</c> while <c>mean((V - V_old)^2 / (2 sigma^2))</c> stays small, which is
/// the mean KL divergence between normal distributions around the values, with <c>sigma^2</c> the mean squared error at the start.
/// </summary>
internal sealed class ValueProblem : ITrustRegionProblem
{
    private readonly PartialProblems _parts;
    private double _variance;

    /// <param name="objectives">The groups of rows, at least one; they hold copies of one network.</param>
    /// <param name="threads">The threads that the groups are computed on; null for the calling thread.</param>
    /// <param name="gather">Creates a problem of the sampled rows of all groups, on which Fisher products are computed in one place; null for products of each group.</param>
    public ValueProblem(IReadOnlyList<IPartialProblem> objectives, PartThreads? threads = null, Func<SampledRows, IPartialProblem>? gather = null) => _parts = new PartialProblems(objectives, threads, gather);

    /// <inheritdoc cref="ValueObjective(IDifferentiableNetwork, ReadOnlyMemory{float}, double[], double)"/>
    public ValueProblem(IDifferentiableNetwork network, ReadOnlyMemory<float> observations, double[] targets, double fisherFraction)
        : this([new ValueObjective(network, observations, targets, fisherFraction)])
    {
    }

    public int Length => _parts.Length;

    public void CopyTo(Span<double> parameters) => _parts.CopyTo(parameters);

    public void Assign(ReadOnlySpan<double> parameters) => _parts.Assign(parameters);

    public string NameOf(int index) => _parts.NameOf(index);

    /// <inheritdoc cref="IPartialProblem.FindNonFinite"/>
    public string? FindNonFinite() => _parts.FindNonFinite();

    /// <summary>Computes the objective, which is <c>-1/2</c> at the start, and its gradient <c>grad -mean((V - target)^2) / (2 sigma^2) = J^T (target - V) / (N sigma^2)</c>.</summary>
    public double Gradient(Span<double> gradient)
    {
        _variance = _parts.Linearize().Objective / _parts.Rows;

        // Values without an error cannot be improved, and their variance is no divisor.
        if (_variance == 0)
        {
            gradient.Clear();
            return 0;
        }

        _parts.Gradient(_parts.Rows * _variance, gradient);
        return -0.5;
    }

    /// <summary>Multiplies a vector by the Gauss-Newton matrix, <c>J^T J v / (N sigma^2)</c>, over the sampled observations.</summary>
    public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product) => _parts.FisherProduct(vector, _parts.FisherRows * _variance, product);

    public (double Objective, double MeanKl) Evaluate()
    {
        var sums = _parts.Evaluate();
        return (-(sums.Objective / _parts.Rows) / (2 * _variance), sums.Divergence / _parts.Rows / (2 * _variance));
    }

    /// <summary>Returns the mean of <c>(V - target)^2</c> that a step left.</summary>
    public double MeanSquaredError(TrustRegionStep step) => _variance * (1 - (2 * step.Improvement));
}
