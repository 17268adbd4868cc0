using System.Globalization;
using Microsoft.Data.Sqlite;
using SQLitePCL;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs.Files;

/// <summary>
/// The connection to a SQLite database from the first pass over a log to the last, which all have the same rows. With a write-ahead log, one read transaction gives every pass the same snapshot, and writers go on. With a rollback journal,
/// a transaction would keep writers waiting for the length of a training: each pass has one of its own, and is refused if another connection has written since the first (<c>PRAGMA data_version</c>).
/// </summary>
internal sealed class SqliteSession : IDisposable
{
    /// <summary>The number of seconds that a lock of another program is waited for.</summary>
    public const int LockTimeout = 5;

    private readonly string _target;
    private readonly SqliteConnection _connection;
    private readonly bool _isSnapshot;
    private readonly (long Length, DateTime Written, long Log)? _state;
    private long? _version;
    private int _passes;

    private SqliteSession(string path, int lockTimeout)
    {
        Path = path;

        // The write-ahead log is beside the database, not beside the link.
        _target = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        var hasLog = HasWriteAheadLog(_target);

        // A reader of a database with a write-ahead log leaves files beside it, unless nobody writes to it: then it is read without locks, and changes are found by its size and time.
        var isImmutable = hasLog && !File.Exists($"{_target}-wal");
        _isSnapshot = hasLog && !isImmutable;
        _state = isImmutable ? State() : null;
        var source = isImmutable ? $"{new Uri(_target).AbsoluteUri}?immutable=1" : _target;
        _connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = source, Mode = SqliteOpenMode.ReadOnly, Pooling = false, DefaultTimeout = lockTimeout }.ToString());
    }

    /// <summary>Gets the path of the database.</summary>
    public string Path { get; }

    /// <summary>Gets the version of SQLite.</summary>
    public string ServerVersion => _connection.ServerVersion;

    /// <summary>Opens a database for reading.</summary>
    /// <param name="path">The database.</param>
    /// <param name="lockTimeout">The number of seconds that a lock of another program is waited for.</param>
    /// <exception cref="SqliteException">The database cannot be opened.</exception>
    public static SqliteSession Open(string path, int lockTimeout)
    {
        var session = new SqliteSession(path, lockTimeout);
        try
        {
            SqliteCells.AddTo(session._connection);
            session._connection.Open();
            return session;
        }
        catch
        {
            session.Dispose();
            throw;
        }
    }

    /// <summary>Begins a pass.</summary>
    /// <exception cref="CommandException">The database has changed since the first pass.</exception>
    /// <exception cref="SqliteException">The database is locked or damaged.</exception>
    public void Begin()
    {
        RequireUnchanged();
        if (!IsInTransaction)
            BeginTransaction();
        _passes++;
    }

    /// <summary>Ends a pass.</summary>
    public void End()
    {
        _passes--;
        if (_passes == 0 && !_isSnapshot && IsInTransaction)
            Execute("COMMIT");
    }

    /// <summary>Checks that a database that is read without locks has not changed since the first pass.</summary>
    /// <exception cref="CommandException">The database has changed.</exception>
    public void RequireUnchanged()
    {
        if (_state is { } state && state != State())
            throw Changed();
    }

    /// <summary>Creates a command on the connection.</summary>
    public SqliteCommand CreateCommand() => _connection.CreateCommand();

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    // An error can end a transaction by itself.
    private bool IsInTransaction => raw.sqlite3_get_autocommit(_connection.Handle!) == 0;

    // The pragma reads, with which the transaction has its snapshot or its lock.
    private void BeginTransaction()
    {
        Execute("BEGIN");
        try
        {
            var version = Convert.ToInt64(Execute("PRAGMA data_version"), CultureInfo.InvariantCulture);
            _version ??= version;
            if (version != _version)
                throw Changed();
        }
        catch
        {
            if (IsInTransaction)
                Execute("ROLLBACK");
            throw;
        }
    }

    private object? Execute(string text)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = text;
        return command.ExecuteScalar();
    }

    private CommandException Changed() => new($"{Path} was changed while it was read: copy it with `sqlite3 {FilePath.InCommand(Path)} \".backup copy.sqlite\"`, and name the copy.");

    private (long Length, DateTime Written, long Log) State() =>
        (new FileInfo(_target).Length, File.GetLastWriteTimeUtc(_target), new FileInfo($"{_target}-wal") is { Exists: true } log ? log.Length : 0);

    // Byte 18 of the header is the version that is needed to write: 2 for a write-ahead log (https://www.sqlite.org/fileformat2.html, section 1.3.3).
    private static bool HasWriteAheadLog(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> header = stackalloc byte[19];
        return file.ReadAtLeast(header, header.Length, throwOnEndOfStream: false) == header.Length && header[18] == 2;
    }
}
