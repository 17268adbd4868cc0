using System.Data;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs.Files;

/// <summary>A log in a table of a SQLite database, which is opened for reading only. The rows are streamed.</summary>
internal sealed class SqliteLog : LogFile
{
    private static readonly string[] RowNames = ["rowid", "_rowid_", "oid"];

    private readonly string _source;
    private IReadOnlyList<LogColumn> _columns = [];
    private long _rows;

    private SqliteLog(string path, string source)
        : base(path) => _source = source;

    /// <inheritdoc/>
    public override IReadOnlyList<LogColumn> Columns => _columns;

    /// <inheritdoc/>
    public override long Rows => _rows;

    /// <summary>Reads a table once.</summary>
    /// <exception cref="CommandException">The database is damaged, or has no such table, or several of which none is named.</exception>
    public static SqliteLog Create(string path, string? table, CancellationToken cancel)
    {
        try
        {
            using var connection = Connections.Open(path);
            var log = new SqliteLog(path, SourceOf(connection, path, table));
            log.Scan(connection, cancel);
            return log;
        }
        catch (SqliteException exception)
        {
            throw new CommandException($"{path} cannot be read as a SQLite database: {exception.Message}", exception);
        }
    }

    /// <inheritdoc/>
    public override IDataView Load(MLContext ml, IReadOnlyList<LogField> fields)
    {
        CheckUnchanged();
        var columns = fields.Select((field, i) => new DatabaseLoader.Column(field.Name, TypeOf(field.Type), i));
        var cells = fields.Select(field => $"{(field.Type == LogFieldType.Text ? Connections.Text : Connections.Number)}({Quoted(field.Name)})");
        return ml.Data.CreateDatabaseLoader([.. columns]).Load(new DatabaseSource(new Connections(), Connections.StringOf(Path), $"SELECT {string.Join(", ", cells)} {_source}", commandTimeoutInSeconds: 0));
    }

    private static DbType TypeOf(LogFieldType type) => type switch
    {
        LogFieldType.Text => DbType.String,
        LogFieldType.Single => DbType.Single,
        _ => DbType.Double,
    };

    // The table and the order of its rows: those of the file, which a covering index could change.
    private static string SourceOf(SqliteConnection connection, string path, string? table)
    {
        var tables = Query(connection, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name", null);
        if (tables.Count == 0)
            throw new CommandException($"{path} has no tables.");
        var name = table is null
            ? tables.Count == 1 ? tables[0] : throw new CommandException($"{path} has {tables.Count} tables: name one with --table, of {List(tables)}.")
            : tables.FirstOrDefault(found => found.Equals(table, StringComparison.OrdinalIgnoreCase)) ?? throw new CommandException($"{path} has no table '{table}'. Its tables are {List(tables)}.");
        var isTable = Query(connection, "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $name", name).Count > 0;

        // SQLite takes the missing end of a file for zeros.
        var check = Query(connection, isTable ? $"PRAGMA quick_check({Quoted(name)})" : "PRAGMA quick_check", null);
        if (check is not ["ok"])
            throw new CommandException($"{path} is a damaged SQLite database: {LogCell.Beginning(check.FirstOrDefault("").ReplaceLineEndings(" "))}");
        var hasRows = Query(connection, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name = $name AND type = 'table' AND wr = 0", name).Count > 0;
        var columns = Query(connection, "SELECT name FROM pragma_table_info($name)", name);
        var order = Array.Find(RowNames, word => hasRows && !columns.Contains(word, StringComparer.OrdinalIgnoreCase));
        var key = Query(connection, "SELECT name FROM pragma_table_info($name) WHERE pk > 0 ORDER BY pk", name);
        order ??= key.Count > 0 ? string.Join(", ", key.Select(Quoted)) : null;
        return $"FROM {Quoted(name)}{(order is null ? "" : $" ORDER BY {order}")}";
    }

    private static List<string> Query(SqliteConnection connection, string text, string? name)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        if (name is not null)
            command.Parameters.AddWithValue("$name", name);
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
            values.Add(reader.GetString(0));
        return values;
    }

    private void Scan(SqliteConnection connection, CancellationToken cancel)
    {
        using var command = connection.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"SELECT * {_source}";
        using var reader = command.ExecuteReader();
        var scans = Enumerable.Range(0, reader.FieldCount).Select(i => new ColumnScan(reader.GetName(i), "row")).ToArray();
        for (; reader.Read(); _rows++)
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i < scans.Length; i++)
            {
                if (reader.GetValue(i) is byte[])
                    scans[i].Refuse(string.Create(CultureInfo.InvariantCulture, $"has binary data in row {_rows}"));
                else
                    scans[i].Add(LogCell.TextOf(reader.GetValue(i)), _rows);
            }
        }

        if (_rows == 0)
            throw new CommandException($"The table in {Path} has no rows.");
        _columns = [.. scans.Select(scan => scan.ToColumn())];
    }

    private static string Quoted(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
