using Microsoft.Data.Sqlite;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs.Files;

/// <summary>The errors of SQLite as refusals that say what to do.</summary>
internal static class SqliteRefusal
{
    // https://www.sqlite.org/rescode.html
    private const int Busy = 5;
    private const int Locked = 6;
    private const int Corrupt = 11;
    private const int NoDatabase = 26;
    private const int ReadOnlyRollback = 776;

    /// <summary>Returns the refusal of an error.</summary>
    /// <param name="path">The database.</param>
    /// <param name="exception">The error.</param>
    public static CommandException Of(string path, SqliteException exception) => new($"{path} cannot be read as a SQLite database: {Reason(path, exception)}", exception);

    private static string Reason(string path, SqliteException exception) => exception switch
    {
        { SqliteErrorCode: Busy or Locked } => "another program is writing to it, and keeps it locked. Wait until that program has written, or name a copy.",
        { SqliteExtendedErrorCode: ReadOnlyRollback } => $"its writer did not complete a transaction, whose journal is beside it. Open it once with a program that may write, which undoes the transaction: sqlite3 {FilePath.InCommand(path)} .tables",
        { SqliteErrorCode: Corrupt or NoDatabase } => $"it is damaged ({exception.Message}). Restore it, or save what can be read: sqlite3 {FilePath.InCommand(path)} .recover",
        _ => $"{exception.Message}. If the cause is not plain, look for damage: sqlite3 {FilePath.InCommand(path)} \"PRAGMA integrity_check\"",
    };
}
