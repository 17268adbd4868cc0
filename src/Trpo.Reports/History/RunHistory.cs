using Trpo.Estimators;

namespace Trpo.Reports.History;

/// <summary>The iterations of a run, from the first to the last; at least one.</summary>
internal sealed class RunHistory(IReadOnlyList<HistoryRow> rows)
{
    private static readonly Dictionary<TrpoMetric, int> Positions = TrpoMetric.All.Index().ToDictionary(entry => entry.Item, entry => entry.Index);

    public IReadOnlyList<HistoryRow> Rows { get; } = rows;

    public HistoryRow Last => Rows[^1];

    /// <summary>The environment steps of every iteration.</summary>
    public double[] Steps { get; } = [.. rows.Select(row => (double)row.Steps)];

    /// <summary>A metric of every iteration; NaN where there is none.</summary>
    public double[] this[TrpoMetric metric]
    {
        get
        {
            var position = Positions[metric];
            return [.. Rows.Select(row => row.Values[position])];
        }
    }

    public static RunHistory Of(IEnumerable<TrpoIteration> iterations) => new([.. iterations.Select(HistoryRow.Of)]);
}
