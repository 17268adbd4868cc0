using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs.Files;

/// <summary>A log in a CSV file with a header: UTF-8 (or what a byte order mark says), separated by comma, semicolon, tab or bar, with quotes as in RFC 4180. The rows are streamed.</summary>
internal sealed class CsvLog : LogFile
{
    private IReadOnlyList<LogColumn> _columns = [];
    private long _rows;
    private char _separator;

    private CsvLog(string path)
        : base(path)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LogColumn> Columns => _columns;

    /// <inheritdoc/>
    public override long Rows => _rows;

    /// <summary>Reads a file once.</summary>
    /// <exception cref="CommandException">The file is empty, or a row is damaged; the message names the line.</exception>
    public static CsvLog Create(string path, CancellationToken cancel)
    {
        var log = new CsvLog(path);
        log.Scan(cancel);
        return log;
    }

    /// <inheritdoc/>
    public override IDataView Load(MLContext ml, IReadOnlyList<LogField> fields)
    {
        var indices = fields.Select(field => _columns.Index().First(column => column.Item.Name == field.Source).Index).ToArray();
        var loader = ml.Data.CreateTextLoader(new TextLoader.Options
        {
            // The first cell of each line is that of CsvLines.
            Columns = [.. fields.Select((field, i) => new TextLoader.Column(field.Name, CsvLines.KindOf(field.Type), i + 1))],
            Separators = [CsvLines.Separator],
            AllowQuoting = true,
            MissingRealsAsNaNs = true,
        });
        return loader.Load(new CsvSource(Path, () => new CsvLines(OpenRows(), [.. fields.Zip(indices, (field, index) => (field, index, _columns[index].Kind == LogColumnKind.Text))])));
    }

    /// <inheritdoc/>
    public override IReadOnlyDictionary<long, long> LinesOf(IReadOnlyCollection<long> rows, CancellationToken cancel)
    {
        var lines = new Dictionary<long, long>();
        using var cells = OpenRows();
        for (var row = 0L; lines.Count < rows.Count && cells.Read(); row++)
        {
            cancel.ThrowIfCancellationRequested();
            if (rows.Contains(row))
                lines[row] = cells.Line;
        }

        return lines;
    }

    private CsvRows OpenRows()
    {
        CheckUnchanged();
        return new CsvRows(Path, [.. _columns.Select(column => column.Name)], _separator);
    }

    private void Scan(CancellationToken cancel)
    {
        var names = CsvRows.ReadHeader(Path, out _separator);
        var scans = names.Select(name => new ColumnScan(name, "line")).ToArray();
        using var cells = new CsvRows(Path, names, _separator);
        for (; cells.Read(); _rows++)
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i < scans.Length; i++)
                scans[i].Add(cells[i], cells.Line);
        }

        if (_rows == 0)
            throw new CommandException($"{Path} has a header, but no rows.");
        _columns = [.. scans.Select(scan => scan.ToColumn())];
    }
}
