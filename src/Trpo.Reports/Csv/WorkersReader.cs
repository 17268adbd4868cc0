using System.Text;
using Trpo.Estimators.Workers;

namespace Trpo.Reports.Csv;

/// <summary>A reader of workers.csv: also while it is being written, and after a crash.</summary>
internal static class WorkersReader
{
    /// <summary>Reads the blocks of all iterations from a file; none if there is no file.</summary>
    /// <exception cref="InvalidDataException">The file is damaged; the message names the line and the column.</exception>
    public static IReadOnlyList<WorkerTimes> Read(string path)
    {
        if (!File.Exists(path))
            return [];
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        using var reader = new StreamReader(file, Encoding.UTF8);
        var text = reader.ReadToEnd();

        // A row that is being written may be incomplete.
        return Rows(text[..(text.LastIndexOf('\n') + 1)], path);
    }

    /// <summary>Reads blocks from whole lines.</summary>
    /// <exception cref="InvalidDataException">The text is damaged; the message names the line and the column.</exception>
    public static List<WorkerTimes> Rows(string text, string path) => CellReader.Rows(text, path, reader =>
    {
        int[] columns = [.. ((string[])[MetricsFormat.Iteration, WorkersFormat.FirstShard, WorkersFormat.Shards, WorkersFormat.Steps, WorkersFormat.Rollout, WorkersFormat.Advantages, WorkersFormat.PolicyUpdate, WorkersFormat.ValueFit, WorkersFormat.BeginsAnew])
            .Select(name => CellReader.Require(reader, name, path))];
        List<WorkerTimes> rows = [];
        foreach (var row in reader)
        {
            var cells = new CellReader(row, path, reader.Header.ColNames);
            cells.RequireAll();
            _ = cells.Count(columns[0]);
            rows.Add(new WorkerTimes
            {
                FirstShard = cells.CountOrZero(columns[1]),
                Shards = cells.Count(columns[2]),
                Steps = cells.CountOrZero(columns[3]),
                Rollout = TimeSpan.FromSeconds(cells.Seconds(columns[4])),
                Advantages = TimeSpan.FromSeconds(cells.Seconds(columns[5])),
                PolicyUpdate = TimeSpan.FromSeconds(cells.Seconds(columns[6])),
                ValueFit = TimeSpan.FromSeconds(cells.Seconds(columns[7])),
                BeginsAnew = cells.CountOrZero(columns[8]),
            });
        }

        return rows;
    });
}
