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
    private static readonly string[] BooleanTypes = ["BOOLEAN", "BOOL"];

    private readonly SqliteSession _session;
    private readonly string _source;
    private readonly HashSet<string> _booleans = [];
    private IReadOnlyList<LogColumn> _columns = [];
    private long _rows;

    private SqliteLog(SqliteSession session, string source)
        : base(session.Path) => (_session, _source) = (session, source);

    /// <inheritdoc/>
    public override IReadOnlyList<LogColumn> Columns => _columns;

    /// <inheritdoc/>
    public override long Rows => _rows;

    /// <summary>Reads a table once.</summary>
    /// <param name="path">The database.</param>
    /// <param name="table">The table or view; null for the only one.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <param name="lockTimeout">The number of seconds that a lock of another program is waited for.</param>
    /// <exception cref="CommandException">The database is damaged or locked, or has no such table, or several of which none is named.</exception>
    public static SqliteLog Create(string path, string? table, CancellationToken cancel, int lockTimeout = SqliteSession.LockTimeout)
    {
        SqliteSession? session = null;
        try
        {
            session = SqliteSession.Open(path, lockTimeout);
            session.Begin();
            var log = new SqliteLog(session, SourceOf(session, table));
            log.Scan(cancel);
            session.End();
            session = null;
            return log;
        }
        catch (SqliteException exception)
        {
            throw SqliteRefusal.Of(path, exception);
        }
        finally
        {
            session?.Dispose();
        }
    }

    /// <inheritdoc/>
    public override IDataView Load(MLContext ml, IReadOnlyList<LogField> fields)
    {
        var columns = fields.Select((field, i) => new DatabaseLoader.Column(field.Name, TypeOf(field.Type), i));
        var cells = fields.Select(field => SqliteCells.Expression(field.Source, field.Type, _booleans.Contains(field.Source), Columns.First(column => column.Name == field.Source).Kind == LogColumnKind.Text));

        // All columns are selected: of the chosen ones alone, an index that has them would be read, in its order, where a view has none.
        return ml.Data.CreateDatabaseLoader([.. columns]).Load(new DatabaseSource(new SqliteConnections(_session), Path, $"SELECT {string.Join(", ", cells)}, * {_source}", commandTimeoutInSeconds: 0));
    }

    /// <inheritdoc/>
    public override void RequireUnchanged() => _session.RequireUnchanged();

    /// <inheritdoc/>
    public override CommandException? RefusalOf(Exception exception)
    {
        for (var inner = exception; inner is not null; inner = inner.InnerException)
        {
            if (inner is SqliteException error)
                return SqliteRefusal.Of(Path, error);
        }

        return null;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            _session.Dispose();
        base.Dispose(disposing);
    }

    private static DbType TypeOf(LogFieldType type) => type switch
    {
        LogFieldType.Text => DbType.String,
        LogFieldType.Single => DbType.Single,
        _ => DbType.Double,
    };

    // The table and the order of its rows: those of the file, which a covering index could change. A view has the order that it gives its rows by itself.
    private static string SourceOf(SqliteSession session, string? table)
    {
        var path = session.Path;
        var tables = Query(session, "SELECT name FROM sqlite_master WHERE type IN ('table', 'view') AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name", null);
        if (tables.Count == 0)
            throw new CommandException($"{path} has no tables.");
        var name = table is null
            ? tables.Count == 1 ? tables[0] : throw new CommandException($"{path} has {tables.Count} tables: name one with --table, of {List(tables)}.")
            : tables.FirstOrDefault(found => found.Equals(table, StringComparison.OrdinalIgnoreCase)) ?? throw new CommandException($"{path} has no table '{table}'. Its tables are {List(tables)}.");
        var isTable = Query(session, "SELECT name FROM sqlite_master WHERE type = 'table' AND name = $name", name).Count > 0;

        // SQLite takes the missing end of a file for zeros.
        var check = Query(session, isTable ? $"PRAGMA quick_check({SqliteCells.Quoted(name)})" : "PRAGMA quick_check", null);
        if (check is not ["ok"])
            throw new CommandException($"{path} is a damaged SQLite database: {LogCell.Beginning(check.FirstOrDefault("").ReplaceLineEndings(" "))}");
        var hasRows = Query(session, "SELECT name FROM pragma_table_list WHERE schema = 'main' AND name = $name AND type = 'table' AND wr = 0", name).Count > 0;
        var columns = Query(session, "SELECT name FROM pragma_table_info($name)", name);
        var order = Array.Find(RowNames, word => hasRows && !columns.Contains(word, StringComparer.OrdinalIgnoreCase));
        var key = Query(session, "SELECT name FROM pragma_table_info($name) WHERE pk > 0 ORDER BY pk", name);
        order ??= key.Count > 0 ? string.Join(", ", key.Select(SqliteCells.Quoted)) : null;
        return $"FROM {SqliteCells.Quoted(name)}{(order is null ? "" : $" ORDER BY {order}")}";
    }

    private static List<string> Query(SqliteSession session, string text, string? name)
    {
        using var command = session.CreateCommand();
        command.CommandText = text;
        if (name is not null)
            command.Parameters.AddWithValue("$name", name);
        using var reader = command.ExecuteReader();
        var values = new List<string>();
        while (reader.Read())
            values.Add(reader.GetString(0));
        return values;
    }

    private void Scan(CancellationToken cancel)
    {
        using var command = _session.CreateCommand();
        command.CommandTimeout = 0;
        command.CommandText = $"SELECT * {_source}";
        using var reader = command.ExecuteReader();
        var scans = Enumerable.Range(0, reader.FieldCount).Select(i => new ColumnScan(reader.GetName(i), "row")).ToArray();
        var areBooleans = Enumerable.Range(0, reader.FieldCount).Select(i => BooleanTypes.Contains(reader.GetDataTypeName(i), StringComparer.OrdinalIgnoreCase)).ToArray();
        _booleans.UnionWith(areBooleans.Index().Where(pair => pair.Item).Select(pair => reader.GetName(pair.Index)));
        for (; reader.Read(); _rows++)
        {
            cancel.ThrowIfCancellationRequested();
            for (var i = 0; i < scans.Length; i++)
            {
                var value = SqliteCells.ValueOf(reader.GetValue(i), areBooleans[i]);
                if (value is byte[])
                    scans[i].Refuse(string.Create(CultureInfo.InvariantCulture, $"has binary data in row {_rows}"));
                else
                    scans[i].Add(LogCell.TextOf(value), _rows);
            }
        }

        if (_rows == 0)
            throw new CommandException($"The table in {Path} has no rows.");
        _columns = [.. scans.Select(scan => scan.ToColumn())];
    }

    private static string List(IEnumerable<string> names) => string.Join(", ", names.Select(name => $"'{name}'"));
}
