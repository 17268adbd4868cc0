using System.Globalization;
using System.Text;
using Microsoft.Data.Sqlite;
using Parquet;
using Parquet.Schema;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Cli.Logs;

/// <summary>A log of three actions, whose worth depends on the device and the age, that is written in each format.</summary>
internal sealed class LogWriter
{
    public static readonly string[] Names = ["id", "device", "age", "returning", "banner", "p", "clicked"];

    private static readonly string[] Devices = ["phone", "desk, top", "\"quoted\"", "two\nlines;"];
    private static readonly string[] Actions = ["101", "banner; two", "say \"hi\""];

    private readonly object?[][] _rows;

    public LogWriter(int rows, double scale = 1, ulong seed = 1)
    {
        var random = new RandomSource(seed);
        _rows = [.. Enumerable.Range(0, rows).Select(id => Row(id, scale, random))];
    }

    private LogWriter(object?[][] rows) => _rows = rows;

    public static string[] Columns => ["--action", "banner", "--reward", "clicked", "--probability", "p"];

    public LogWriter KeepLast(int rows) => new(_rows[^rows..]);

    /// <summary>Writes a CSV file, with quotes where they are needed or around all cells.</summary>
    public string Csv(string path, char separator = ',', bool quotesAll = false, string end = "\n", Encoding? encoding = null)
    {
        var lines = _rows.Select(row => row.Select(Text)).Prepend(Names).Select(cells => string.Join(separator, cells.Select(cell => Quoted(cell, separator, quotesAll))));
        File.WriteAllText(path, string.Concat(lines.Select(line => line + end)), encoding ?? new UTF8Encoding(false));
        return path;
    }

    public string Sqlite(string path, bool isText = false, string after = "")
    {
        using var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false }.ToString());
        connection.Open();
        Execute(connection, isText
            ? "CREATE TABLE decisions(id TEXT, device TEXT, age TEXT, \"returning\" TEXT, banner TEXT, p TEXT, clicked TEXT)"
            : "CREATE TABLE decisions(id INTEGER PRIMARY KEY, device TEXT, age REAL, \"returning\" TEXT, banner TEXT, p REAL, clicked REAL)");
        using var transaction = connection.BeginTransaction();
        foreach (var row in _rows)
        {
            using var insert = connection.CreateCommand();
            insert.CommandText = "INSERT INTO decisions VALUES(@0, @1, @2, @3, @4, @5, @6)";
            foreach (var (i, cell) in row.Index())
                insert.Parameters.AddWithValue($"@{i}", cell is null ? isText ? "" : DBNull.Value : isText || cell is bool ? Text(cell) : cell);
            insert.ExecuteNonQuery();
        }

        transaction.Commit();
        if (after.Length > 0)
            Execute(connection, after);
        return path;
    }

    public async Task<string> ParquetAsync(string path)
    {
        DataField[] fields = [new DataField<int>("id"), new DataField<string>("device"), new DataField<double?>("age"), new DataField<bool?>("returning"), new DataField<string>("banner"), new DataField<double>("p"), new DataField<double>("clicked")];
        await using var stream = File.Create(path);
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        foreach (var rows in _rows.Chunk((_rows.Length / 2) + 1))
        {
            using var group = writer.CreateRowGroup();
            await group.WriteAsync<int>(fields[0], Values<int>(rows, 0));
            await group.WriteAsync(fields[1], [.. rows.Select(row => (string)row[1]!)]);
            await group.WriteAsync<double>(fields[2], rows.Select(row => (double?)row[2]).ToArray());
            await group.WriteAsync<bool>(fields[3], rows.Select(row => (bool?)row[3]).ToArray());
            await group.WriteAsync(fields[4], [.. rows.Select(row => (string)row[4]!)]);
            await group.WriteAsync<double>(fields[5], Values<double>(rows, 5));
            await group.WriteAsync<double>(fields[6], Values<double>(rows, 6));
            group.CompleteValidate();
        }

        return path;
    }

    public static string Quoted(string cell, char separator, bool always) =>
        always || cell.AsSpan().IndexOfAny(separator, '"', '\n') >= 0 ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : cell;

    private static void Execute(SqliteConnection connection, string text)
    {
        using var command = connection.CreateCommand();
        command.CommandText = text;
        command.ExecuteNonQuery();
    }

    private static ReadOnlyMemory<T> Values<T>(object?[][] rows, int column) => rows.Select(row => (T)row[column]!).ToArray();

    private static string Text(object? cell) => cell switch
    {
        null => "",
        bool flag => flag ? "True" : "False",
        IFormattable value => value.ToString(null, CultureInfo.InvariantCulture),
        _ => (string)cell,
    };

    private static object?[] Row(int id, double scale, RandomSource random)
    {
        var device = Devices[(int)(random.NextDouble() * Devices.Length)];
        var age = 40 + (12 * random.NextGaussian());
        double[] weights = [1, device == "phone" ? 1.6 : 0.6, Math.Exp((age - 40) / 24)];
        double[] probabilities = [.. weights.Select(weight => weight / weights.Sum())];
        var draw = random.NextDouble();
        var action = draw < probabilities[0] ? 0 : draw < probabilities[0] + probabilities[1] ? 1 : 2;
        double[] worth = [0.4, device == "phone" ? 0.8 : 0.1, age > 40 ? 0.7 : 0.2];
        var reward = random.NextDouble() < worth[action] ? scale : 0;
        return [id, device, random.NextDouble() < 0.05 ? null : age, random.NextDouble() < 0.05 ? null : random.NextDouble() < 0.5, Actions[action], probabilities[action], reward];
    }
}
