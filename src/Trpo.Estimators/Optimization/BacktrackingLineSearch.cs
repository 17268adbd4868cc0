using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Optimization;

/// <summary>
/// Shortens a step until it satisfies what the quadratic model predicted (Schulman et al., "Trust region policy optimization" (2015),
/// appendix C): the surrogate improves by a share of the expected improvement, and the KL divergence stays within the trust region.
/// </summary>
public static class BacktrackingLineSearch
{
    /// <summary>
    /// Tries the fractions <c>c = factor^0, factor^1, ...</c> of the step and accepts the first with
    /// <c>(L(c) - L(0)) / (c expectedImprovement) > acceptRatio</c> and <c>KL(c) &lt;= maxKl</c>.
    /// </summary>
    /// <param name="evaluate">Returns the surrogate and the mean KL at a fraction of the step.</param>
    /// <param name="surrogate">The surrogate at the start, <c>L(0)</c>.</param>
    /// <param name="expectedImprovement">The improvement that the gradient predicts for the full step, <c>g.step</c>; positive.</param>
    /// <param name="maxKl">The radius of the trust region, positive.</param>
    /// <param name="maxBacktracks">The number of fractions to try, at least 1.</param>
    /// <param name="factor">The ratio of one fraction to the one before it, between 0 and 1.</param>
    /// <param name="acceptRatio">The minimum share of the expected improvement, from 0 to 1.</param>
    /// <returns>The accepted trial, or the reason that none was accepted.</returns>
    /// <exception cref="ArgumentOutOfRangeException">A number is out of its range.</exception>
    public static LineSearchResult Run(
        Func<double, (double Surrogate, double MeanKl)> evaluate,
        double surrogate,
        double expectedImprovement,
        double maxKl,
        int maxBacktracks = 10,
        double factor = 0.5,
        double acceptRatio = 0.1)
    {
        ArgumentNullException.ThrowIfNull(evaluate);
        Check.Positive(expectedImprovement);
        Check.Positive(maxKl);
        Check.AtLeast(maxBacktracks, 1);
        Check.StrictlyBetween(factor, 0, 1);
        Check.Between(acceptRatio, 0, 1);

        var outcome = TrustRegionOutcome.NonFinite;
        var fraction = 1.0;
        for (var trial = 1; trial <= maxBacktracks; trial++, fraction *= factor)
        {
            var (value, kl) = evaluate(fraction);
            if (!double.IsFinite(value) || !double.IsFinite(kl))
                continue;
            var ratio = (value - surrogate) / (fraction * expectedImprovement);
            if (!(ratio > acceptRatio))
            {
                outcome = outcome == TrustRegionOutcome.KlExceeded ? outcome : TrustRegionOutcome.NoImprovement;
                continue;
            }

            // Rounding can put a tiny divergence below zero, but no divergence lies far below it.
            if (Math.Abs(kl) <= maxKl)
                return new LineSearchResult(TrustRegionOutcome.Accepted, fraction, value, Math.Max(0, kl), trial);
            outcome = TrustRegionOutcome.KlExceeded;
        }

        return new LineSearchResult(outcome, 0, surrogate, 0, maxBacktracks);
    }
}
