using System.Data;
using System.Data.Common;
using System.Diagnostics.CodeAnalysis;

namespace Trpo.Cli.Logs.Files;

/// <summary>A pass over the rows of a SQLite database: a connection that shares that of the session.</summary>
/// <param name="session">The session.</param>
internal sealed class SqlitePass(SqliteSession session) : DbConnection
{
    private bool _isOpen;

    /// <inheritdoc/>
    [AllowNull]
    public override string ConnectionString { get; set; } = "";

    /// <inheritdoc/>
    public override string Database => "main";

    /// <inheritdoc/>
    public override string DataSource => session.Path;

    /// <inheritdoc/>
    public override string ServerVersion => session.ServerVersion;

    /// <inheritdoc/>
    public override ConnectionState State => _isOpen ? ConnectionState.Open : ConnectionState.Closed;

    /// <inheritdoc/>
    public override void Open()
    {
        if (_isOpen)
            return;
        session.Begin();
        _isOpen = true;
    }

    /// <inheritdoc/>
    public override void Close()
    {
        if (!_isOpen)
            return;
        _isOpen = false;
        session.End();
    }

    /// <inheritdoc/>
    public override void ChangeDatabase(string databaseName) => throw new NotSupportedException($"A pass reads the database {session.Path} alone.");

    /// <inheritdoc/>
    protected override DbTransaction BeginDbTransaction(IsolationLevel isolationLevel) => throw new NotSupportedException("A pass is within the transaction of its session.");

    /// <inheritdoc/>
    protected override DbCommand CreateDbCommand() => session.CreateCommand();

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
            Close();
        base.Dispose(disposing);
    }
}
