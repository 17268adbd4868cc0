using System.Globalization;
using System.Text;
using nietras.SeparatedValues;
using Trpo.Estimators;
using Trpo.Estimators.Optimization;
using Trpo.Reports.History;

namespace Trpo.Reports.Csv;

/// <summary>A reader of metrics.csv: also while it is being written, after a crash, and from versions with fewer or more metrics.</summary>
internal static class MetricsReader
{
    /// <summary>Reads a file.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    /// <exception cref="InvalidDataException">The file is damaged; the message names the line and the column.</exception>
    public static RunHistory Read(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var text = reader.ReadToEnd();

        // A row that is being written may be incomplete.
        return Rows(text[..(text.LastIndexOf('\n') + 1)], path) is { Count: > 0 } rows ? new RunHistory(rows) : throw new InvalidDataException($"{path} has no rows yet, so there is nothing to report.");
    }

    /// <summary>Reads rows from whole lines.</summary>
    /// <exception cref="InvalidDataException">The text is damaged; the message names the line and the column.</exception>
    public static List<HistoryRow> Rows(string text, string path)
    {
        try
        {
            return text.Length == 0 ? [] : Parse(text, path);
        }
        // Sep refuses two columns of one name, and a row that never ends, in this way.
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new InvalidDataException($"{path}: {exception.Message}", exception);
        }
    }

    private static List<HistoryRow> Parse(string text, string path)
    {
        using var reader = Sep.New(',').Reader(options => options with { Unescape = true, CultureInfo = CultureInfo.InvariantCulture, DisableColCountCheck = true }).FromText(text);
        var columns = reader.Header.ColNames.Count;
        int Find(string name) => reader.Header.TryIndexOf(name, out var index) ? index : -1;
        int Require(string name) => Find(name) is >= 0 and var index ? index : throw new InvalidDataException($"{path}, line 1: the column '{name}' is missing.");
        var (iteration, steps, totalSteps, elapsed, outcome) = (Require(MetricsFormat.Iteration), Require(MetricsFormat.Steps), Require(MetricsFormat.TotalSteps),
            Require(MetricsFormat.Elapsed), Require(MetricsFormat.Outcome));
        int[] metrics = [.. TrpoMetric.All.Select(metric => Find(metric.Column))];

        List<HistoryRow> rows = [];
        foreach (var row in reader)
        {
            var cells = new CellReader(row, path, reader.Header.ColNames);
            if (row.ColCount != columns)
                throw cells.Damage(Math.Min(row.ColCount, columns) - 1, $"{columns} cells are expected, but there are {row.ColCount}");
            var read = new HistoryRow(cells.Count(iteration), cells.Count(steps), cells.Count(totalSteps), cells.Seconds(elapsed), cells.Name<TrustRegionOutcome>(outcome),
                [.. ReadAll(cells, metrics)]);
            if (rows.Count > 0 && read.Iteration <= rows[^1].Iteration)
                throw cells.Damage(iteration, $"iterations must ascend, but {read.Iteration} follows {rows[^1].Iteration}");
            rows.Add(read);
        }

        return rows;
    }

    private static double[] ReadAll(CellReader cells, int[] columns)
    {
        var values = new double[columns.Length];
        for (var i = 0; i < columns.Length; i++)
            values[i] = columns[i] < 0 ? double.NaN : cells.Number(columns[i]);
        return values;
    }
}
