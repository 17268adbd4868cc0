using Microsoft.ML;
using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs.Files;

/// <summary>A log of decisions in a file: its columns, which a pass over the file found, and the rows as a data view.</summary>
internal abstract class LogFile : IDisposable
{
    private readonly (long Length, DateTime Written) _state;

    /// <param name="path">The file.</param>
    protected LogFile(string path)
    {
        Path = path;
        _state = State();
    }

    /// <summary>Gets the full path.</summary>
    public string Path { get; }

    /// <summary>Gets the columns in the order of the file.</summary>
    public abstract IReadOnlyList<LogColumn> Columns { get; }

    /// <summary>Gets the number of rows, at least 1.</summary>
    public abstract long Rows { get; }

    /// <summary>Opens a file and reads it once. Its content decides on the format: SQLite, Parquet, or CSV otherwise.</summary>
    /// <param name="path">The file.</param>
    /// <param name="table">The table of a SQLite database; null for its only one.</param>
    /// <param name="cancel">Ends the reading.</param>
    /// <exception cref="CommandException">There is no such file, or it is damaged; the message names the line or the row.</exception>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled.</exception>
    public static LogFile Open(string path, string? table, CancellationToken cancel)
    {
        SymbolicLinks.Check(path);
        var full = System.IO.Path.GetFullPath(path);
        if (Directory.Exists(full))
            throw new CommandException($"{full} is a folder: name the file of a log.");
        if (!File.Exists(full))
            throw new CommandException($"There is no file {full}.");
        var start = Start(full);
        var isDatabase = start.SequenceEqual("SQLite format 3\0"u8);
        if (table is not null && !isDatabase)
            throw new CommandException($"{full} is no SQLite database, so that it has no tables: leave --table out.");
        if (isDatabase)
            return SqliteLog.Create(full, table, cancel);
        return start.StartsWith("PAR1"u8) ? ParquetLog.Create(full, cancel) : CsvLog.Create(full, cancel);
    }

    /// <summary>Loads columns.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="fields">The columns, in the order of the schema.</param>
    /// <returns>A view of the rows in the order of the file.</returns>
    public abstract IDataView Load(MLContext ml, IReadOnlyList<LogField> fields);

    /// <summary>Returns the lines of some rows; empty for a format without lines.</summary>
    /// <param name="rows">The rows, from 0.</param>
    /// <param name="cancel">Ends the reading.</param>
    public virtual IReadOnlyDictionary<long, long> LinesOf(IReadOnlyCollection<long> rows, CancellationToken cancel) => new Dictionary<long, long>();

    /// <summary>Checks, after the last pass, that the passes had the rows of the file as it was opened.</summary>
    /// <exception cref="CommandException">The file was changed.</exception>
    public virtual void RequireUnchanged() => CheckUnchanged();

    /// <summary>Returns the refusal of an exception that a pass over the rows threw; null if the format knows none.</summary>
    public virtual CommandException? RefusalOf(Exception exception) => null;

    /// <summary>Returns a column; null if there is none of that name. A name that differs in case alone from one column names it.</summary>
    public LogColumn? Find(string name)
    {
        if (Columns.FirstOrDefault(column => column.Name == name) is { } exact)
            return exact;
        return Columns.Where(column => column.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).ToList() is [var only] ? only : null;
    }

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Closes what the format keeps open.</summary>
    /// <param name="disposing">True if <see cref="Dispose()"/> was called.</param>
    protected virtual void Dispose(bool disposing)
    {
    }

    /// <summary>Checks that the file is the one whose columns were found.</summary>
    /// <exception cref="CommandException">The file was changed.</exception>
    protected void CheckUnchanged()
    {
        if (State() != _state)
            throw new CommandException($"{Path} was changed while it was read: copy it, and name the copy.");
    }

    private static ReadOnlySpan<byte> Start(string path)
    {
        using var file = File.OpenRead(path);
        if (!file.CanSeek)
            throw new CommandException($"{path} is no file but a pipe or a device, and a log is read more than once: write it to a file.");
        var start = new byte[16];
        return start.AsSpan(0, file.ReadAtLeast(start, start.Length, throwOnEndOfStream: false));
    }

    private (long Length, DateTime Written) State() => (new FileInfo(Path).Length, File.GetLastWriteTimeUtc(Path));
}
