using Trpo.Estimators;
using Trpo.Estimators.Optimization;

namespace Trpo.Reports.History;

/// <summary>What was written of an iteration.</summary>
/// <param name="Iteration">The number of the iteration, from 1.</param>
/// <param name="Steps">The environment steps so far.</param>
/// <param name="TotalSteps">The environment steps that training will make.</param>
/// <param name="Elapsed">The time since training began, in seconds.</param>
/// <param name="Outcome">How the policy's update ended.</param>
/// <param name="Values">The metrics, in the order of <see cref="TrpoMetric.All"/>; NaN where there is none.</param>
internal sealed record HistoryRow(int Iteration, int Steps, int TotalSteps, double Elapsed, TrustRegionOutcome Outcome, IReadOnlyList<double> Values)
{
    /// <summary>Whether the update was rejected; a gradient of zero is no rejection.</summary>
    public bool IsRejected => Outcome is not (TrustRegionOutcome.Accepted or TrustRegionOutcome.ZeroGradient);

    public static HistoryRow Of(TrpoIteration iteration) => new(iteration.Iteration, iteration.Steps, iteration.TotalSteps, iteration.Elapsed.TotalSeconds,
        iteration.Update.Outcome, [.. TrpoMetric.All.Select(metric => metric.Value(iteration))]);
}
