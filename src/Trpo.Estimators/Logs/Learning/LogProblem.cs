using Trpo.Estimators.Optimization;
using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>
/// The trust-region problem of a step of learning from a log: to maximize the estimated value of the policy, the mean of <c>sum_a pi(a | x) G(a)</c> (<see cref="LogObjective"/>), while the mean of
/// KL(pi_old(.|x) || pi(.|x)) over the rows of the step stays small and their effective sample size large.
/// </summary>
internal sealed class LogProblem : ITrustRegionProblem
{
    private readonly IReadOnlyList<LogObjective> _objectives;
    private readonly PartialProblems _parts;
    private readonly bool _isSelfNormalized;
    private readonly double _minEffectiveRows;

    /// <param name="objectives">The ranges of rows, at least one; they hold copies of one policy.</param>
    /// <param name="threads">The threads that the ranges are computed on.</param>
    /// <param name="isSelfNormalized">True if rewards are counted from the self-normalized estimate before the step.</param>
    /// <param name="minEffectiveRows">The effective sample size below which a trial is refused; one that the start is below does not fall further. 0 for none.</param>
    public LogProblem(IReadOnlyList<LogObjective> objectives, PartThreads? threads, bool isSelfNormalized, double minEffectiveRows)
    {
        (_objectives, _isSelfNormalized, _minEffectiveRows) = (objectives, isSelfNormalized, minEffectiveRows);
        _parts = new PartialProblems(objectives, threads);
    }

    /// <inheritdoc/>
    public int Length => _parts.Length;

    /// <summary>The number of rows.</summary>
    public long Rows => _parts.Rows;

    /// <summary>The mean entropy of the policy at the start, in nats.</summary>
    public double Entropy { get; private set; }

    /// <summary>The objective at the start.</summary>
    public double Objective { get; private set; }

    /// <summary>The sums of the weights at the start.</summary>
    public WeightSums Start { get; private set; }

    /// <summary>The sums of the weights at the last trial, or at the start before there was one.</summary>
    public WeightSums Last { get; private set; }

    /// <summary>The number of trials that left too few effective rows.</summary>
    public int RefusedTrials { get; private set; }

    /// <inheritdoc/>
    public void CopyTo(Span<double> parameters) => _parts.CopyTo(parameters);

    /// <inheritdoc/>
    public void Assign(ReadOnlySpan<double> parameters) => _parts.Assign(parameters);

    /// <inheritdoc/>
    public string NameOf(int index) => _parts.NameOf(index);

    /// <inheritdoc cref="IPartialProblem.FindNonFinite"/>
    public string? FindNonFinite() => _parts.FindNonFinite();

    /// <inheritdoc/>
    public double Gradient(Span<double> gradient)
    {
        SetBaseline(0);
        var sums = _parts.Linearize();
        (Entropy, Start, RefusedTrials) = (sums.Entropy / Rows, SumWeights(), 0);
        Last = Start;
        var baseline = _isSelfNormalized ? Start.SelfNormalized : 0;
        SetBaseline(baseline);
        _parts.Gradient(Rows, gradient);
        return Objective = (sums.Objective - (baseline * Start.Weights)) / Rows;
    }

    /// <inheritdoc/>
    public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product) => _parts.FisherProduct(vector, Rows, product);

    /// <summary>Computes the objective and the mean KL(old || new) at the present parameters. The objective is minus infinity if too few effective rows are left.</summary>
    public (double Objective, double MeanKl) Evaluate()
    {
        var sums = _parts.Evaluate();
        Last = SumWeights();
        var isRefused = Last.EffectiveRows < Math.Min(_minEffectiveRows, Start.EffectiveRows);
        if (isRefused)
            RefusedTrials++;
        return (isRefused ? double.NegativeInfinity : sums.Objective / Rows, sums.Divergence / Rows);
    }

    private WeightSums SumWeights() => BinaryTree.Combine<WeightSums>([.. _objectives.Select(objective => objective.Weights)], WeightSums.Add);

    private void SetBaseline(double baseline)
    {
        foreach (var objective in _objectives)
            objective.Baseline = baseline;
    }
}
