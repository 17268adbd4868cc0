using System.Globalization;
using Trpo.Estimators;

namespace Trpo.Reports.Csv;

/// <summary>The format of metrics.csv: RFC 4180, in the invariant culture, with an empty cell for a missing number.</summary>
internal static class MetricsFormat
{
    /// <summary>The name of the file, in the run's folder.</summary>
    public const string FileName = "metrics.csv";

    public const string Iteration = "iteration";
    public const string Steps = "steps";
    public const string TotalSteps = "total_steps";
    public const string Elapsed = "elapsed_seconds";
    public const string Outcome = "outcome";

    // RFC 4180 ends lines like this on all systems.
    private const string LineEnd = "\r\n";

    /// <summary>Gets the header, with its line end.</summary>
    public static string Header { get; } = Line([Iteration, Steps, TotalSteps, Elapsed, Outcome, .. TrpoMetric.All.Select(metric => metric.Column)]);

    /// <summary>Returns an iteration as a row, with its line end. Numbers and names of outcomes need no quotes.</summary>
    public static string Row(TrpoIteration iteration) => Line(
    [
        iteration.Iteration.ToString(CultureInfo.InvariantCulture),
        iteration.Steps.ToString(CultureInfo.InvariantCulture),
        iteration.TotalSteps.ToString(CultureInfo.InvariantCulture),
        Cell(iteration.Elapsed.TotalSeconds),
        iteration.Update.Outcome.ToString(),
        .. TrpoMetric.All.Select(metric => Cell(metric.Value(iteration))),
    ]);

    /// <summary>Returns cells that need no quotes as a row, with its line end.</summary>
    public static string Line(params ReadOnlySpan<string> cells) => string.Join(',', cells!) + LineEnd;

    private static string Cell(double value) => double.IsNaN(value) ? "" : value.ToString("R", CultureInfo.InvariantCulture);
}
