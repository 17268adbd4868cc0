using Microsoft.Data.Analysis;
using Microsoft.ML;
using Parquet;
using Parquet.Schema;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs.Files;

/// <summary>A log in a Parquet file. The columns that are loaded are in memory.</summary>
internal sealed class ParquetLog : LogFile
{
    private IReadOnlyList<LogColumn> _columns = [];
    private long _rows;

    private ParquetLog(string path)
        : base(path)
    {
    }

    /// <inheritdoc/>
    public override IReadOnlyList<LogColumn> Columns => _columns;

    /// <inheritdoc/>
    public override long Rows => _rows;

    /// <summary>Reads a file once.</summary>
    /// <exception cref="CommandException">The file is damaged, or has no rows.</exception>
    public static ParquetLog Create(string path, CancellationToken cancel)
    {
        var log = new ParquetLog(path);
        log.Read(() => log.ScanAsync(cancel), cancel);
        return log;
    }

    /// <inheritdoc/>
    public override IDataView Load(MLContext ml, IReadOnlyList<LogField> fields)
    {
        CheckUnchanged();
        var columns = fields.Select(Column).ToArray();
        Read(() => FillAsync(fields, columns), CancellationToken.None);
        return new DataFrame(columns);
    }

    private static DataFrameColumn Column(LogField field) => field.Type switch
    {
        LogFieldType.Text => new StringDataFrameColumn(field.Name, 0),
        LogFieldType.Single => new SingleDataFrameColumn(field.Name),
        _ => new DoubleDataFrameColumn(field.Name),
    };

    // Parquet.Net has exceptions of many types for damaged files, those of the runtime among them.
    private void Read(Func<Task> read, CancellationToken cancel)
    {
        try
        {
            read().GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is not (CommandException or OutOfMemoryException) && !cancel.IsCancellationRequested)
        {
            throw new CommandException($"{Path} cannot be read as a Parquet file: {exception.Message}", exception);
        }
    }

    private async Task ScanAsync(CancellationToken cancel)
    {
        await using var reader = await ParquetReader.CreateAsync(Path, cancellationToken: cancel).ConfigureAwait(false);
        var fields = reader.Schema.Fields;
        var scans = fields.Select(field => new ColumnScan(field.Name, "row")).ToArray();
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var rows = reader.OpenRowGroupReader(group);
            for (var i = 0; i < scans.Length; i++)
            {
                cancel.ThrowIfCancellationRequested();
                if (fields[i] is not DataField { IsArray: false } field || !ParquetCells.CanRead(field))
                {
                    scans[i].Refuse($"has lists, parts or bytes for values ({fields[i]})");
                    continue;
                }

                var row = _rows;
                foreach (var value in await ParquetCells.ReadAsync(rows, field, cancel).ConfigureAwait(false))
                    scans[i].Add(LogCell.TextOf(value), row++);
            }

            _rows += rows.RowCount;
        }

        if (_rows == 0)
            throw new CommandException($"{Path} has no rows.");
        _columns = [.. scans.Select(scan => scan.ToColumn())];
    }

    private async Task FillAsync(IReadOnlyList<LogField> fields, DataFrameColumn[] columns)
    {
        await using var reader = await ParquetReader.CreateAsync(Path).ConfigureAwait(false);
        for (var group = 0; group < reader.RowGroupCount; group++)
        {
            using var rows = reader.OpenRowGroupReader(group);
            for (var i = 0; i < columns.Length; i++)
            {
                var field = (DataField)reader.Schema.Fields.Single(found => found.Name == fields[i].Source);
                var isText = _columns.First(column => column.Name == field.Name).Kind == LogColumnKind.Text;
                foreach (var value in await ParquetCells.ReadAsync(rows, field, CancellationToken.None).ConfigureAwait(false))
                    Append(columns[i], value, isText);
            }
        }
    }

    // A missing value of a data frame is 0 as a number of a data view, so that there are none.
    private static void Append(DataFrameColumn column, object? value, bool isText)
    {
        switch (column)
        {
            case StringDataFrameColumn texts:
                texts.Append(isText ? LogCell.TextOf(value) : LogCell.NameOf(value));
                break;
            case SingleDataFrameColumn numbers:
                numbers.Append((float)LogCell.NumberOf(value));
                break;
            case DoubleDataFrameColumn numbers:
                numbers.Append(LogCell.NumberOf(value));
                break;
            default:
                throw new InvalidOperationException($"There is no column of the type {column.GetType()}.");
        }
    }
}
