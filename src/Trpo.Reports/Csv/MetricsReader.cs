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
    public static List<HistoryRow> Rows(string text, string path) => CellReader.Rows(text, path, reader => Parse(reader, path));

    private static List<HistoryRow> Parse(SepReader reader, string path)
    {
        int Require(string name) => CellReader.Require(reader, name, path);
        var (iteration, steps, totalSteps, elapsed, outcome) = (Require(MetricsFormat.Iteration), Require(MetricsFormat.Steps), Require(MetricsFormat.TotalSteps),
            Require(MetricsFormat.Elapsed), Require(MetricsFormat.Outcome));
        int[] metrics = [.. TrpoMetric.All.Select(metric => reader.Header.TryIndexOf(metric.Column, out var index) ? index : -1)];

        List<HistoryRow> rows = [];
        foreach (var row in reader)
        {
            var cells = new CellReader(row, path, reader.Header.ColNames);
            cells.RequireAll();
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
