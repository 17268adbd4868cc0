using System.Data.Common;
using Microsoft.Data.Sqlite;

namespace Trpo.Cli.Logs.Files;

/// <summary>A factory of connections to SQLite databases, which read only and know the rules for cells. ML.NET's DatabaseLoader opens one for each pass.</summary>
internal sealed class Connections : DbProviderFactory
{
    /// <summary>The name of the function that returns the number of a cell, or NULL.</summary>
    public const string Number = "trpo_number";

    /// <summary>The name of the function that returns the text of a cell, or NULL.</summary>
    public const string Text = "trpo_text";

    /// <summary>Opens a database.</summary>
    public static SqliteConnection Open(string path)
    {
        var connection = Create();
        try
        {
            connection.ConnectionString = StringOf(path);
            connection.Open();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Returns the text that names a database.</summary>
    public static string StringOf(string path)
    {
        // A reader of a database with a write-ahead log leaves files beside it, unless nobody writes to it. Any other is read with its locks and its journal, which a writer may hold.
        path = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var source = HasWriteAheadLog(path) && !File.Exists($"{path}-wal") ? $"{new Uri(path).AbsoluteUri}?immutable=1" : path;
        return new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false }.ToString();
    }

    /// <inheritdoc/>
    public override DbConnection CreateConnection() => Create();

    // Byte 18 of the header is the version that is needed to write: 2 for a write-ahead log (https://www.sqlite.org/fileformat2.html, section 1.3.3).
    private static bool HasWriteAheadLog(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[19];
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header[18] == 2;
    }

    private static SqliteConnection Create()
    {
        var connection = new SqliteConnection();
        connection.CreateFunction(Number, (object?[] cells) => LogCell.NumberOf(cells[0]) is var number && double.IsNaN(number) ? null : (double?)number, isDeterministic: true);
        connection.CreateFunction(Text, (object?[] cells) => LogCell.TextOf(cells[0]), isDeterministic: true);
        return connection;
    }
}
