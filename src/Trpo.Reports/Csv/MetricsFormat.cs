using System.Globalization;
using Trpo.Estimators;

namespace Trpo.Reports.Csv;

/// <summary>The columns of metrics.csv, and an iteration as a row of it: RFC 4180, in the invariant culture; what is not known is an empty cell.</summary>
internal static class MetricsFormat
{
    public const string FileName = "metrics.csv";

    public const string Iteration = "iteration";
    public const string Steps = "steps";
    public const string TotalSteps = "total_steps";
    public const string Elapsed = "elapsed_seconds";
    public const string Outcome = "outcome";

    // RFC 4180 ends lines like this on all systems.
    private const string LineEnd = "\r\n";

    public static string Header { get; } = string.Join(',', [Iteration, Steps, TotalSteps, Elapsed, Outcome, .. TrpoMetric.All.Select(metric => metric.Column)]) + LineEnd;

    // Numbers and the names of outcomes: nothing that would need quotes.
    public static string Row(TrpoIteration iteration) => string.Join(',',
    [
        iteration.Iteration.ToString(CultureInfo.InvariantCulture),
        iteration.Steps.ToString(CultureInfo.InvariantCulture),
        iteration.TotalSteps.ToString(CultureInfo.InvariantCulture),
        Cell(iteration.Elapsed.TotalSeconds),
        iteration.Update.Outcome.ToString(),
        .. TrpoMetric.All.Select(metric => Cell(metric.Value(iteration))),
    ]) + LineEnd;

    private static string Cell(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
