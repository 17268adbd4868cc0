using Trpo.Estimators;
using Trpo.Estimators.Optimization;

namespace Trpo.Reports.History;

/// <summary>The recorded numbers of an iteration.</summary>
/// <param name="Iteration">The number of the iteration, from 1.</param>
/// <param name="Steps">The environment steps up to the end of the iteration.</param>
/// <param name="TotalSteps">The environment steps of the whole training.</param>
/// <param name="Elapsed">The time since training began, in seconds.</param>
/// <param name="Outcome">The outcome of the policy's update.</param>
/// <param name="Values">The metrics, in the order of <see cref="TrpoMetric.All"/>; NaN for missing ones.</param>
internal sealed record HistoryRow(int Iteration, int Steps, int TotalSteps, double Elapsed, TrustRegionOutcome Outcome, IReadOnlyList<double> Values)
{
    /// <summary>True if the update was rejected. A gradient of zero is no rejection.</summary>
    public bool IsRejected => Outcome is not (TrustRegionOutcome.Accepted or TrustRegionOutcome.ZeroGradient);

    /// <summary>Creates a row from a reported iteration.</summary>
    public static HistoryRow Of(TrpoIteration iteration) => new(iteration.Iteration, iteration.Steps, iteration.TotalSteps, iteration.Elapsed.TotalSeconds,
        iteration.Update.Outcome, [.. TrpoMetric.All.Select(metric => metric.Value(iteration))]);
}
