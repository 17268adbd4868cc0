using Trpo.Estimators;

namespace Trpo.Reports.History;

/// <summary>The iterations of a run, in ascending order.</summary>
/// <param name="rows">The iterations; at least one.</param>
internal sealed class RunHistory(IReadOnlyList<HistoryRow> rows)
{
    private static readonly Dictionary<TrpoMetric, int> Indices = TrpoMetric.All.Index().ToDictionary(entry => entry.Item, entry => entry.Index);

    /// <summary>Gets the iterations.</summary>
    public IReadOnlyList<HistoryRow> Rows { get; } = rows;

    /// <summary>Gets the last iteration.</summary>
    public HistoryRow Last => Rows[^1];

    /// <summary>Gets the environment steps up to the end of every iteration.</summary>
    public double[] Steps { get; } = [.. rows.Select(row => (double)row.Steps)];

    /// <summary>Gets a metric of every iteration; NaN where an iteration has none.</summary>
    public double[] this[TrpoMetric metric]
    {
        get
        {
            var index = Indices[metric];
            return [.. Rows.Select(row => row.Values[index])];
        }
    }

    /// <summary>Creates a history from reported iterations.</summary>
    public static RunHistory Of(IEnumerable<TrpoIteration> iterations) => new([.. iterations.Select(HistoryRow.Of)]);
}
