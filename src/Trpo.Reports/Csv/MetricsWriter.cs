using System.Buffers.Text;
using System.Text;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Files;

namespace Trpo.Reports.Csv;

/// <summary>A writer of metrics.csv: one row per iteration, each of which reaches the file before <see cref="Append"/> returns.</summary>
internal sealed class MetricsWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly FolderLock? _ownedLock;

    private MetricsWriter(FileStream file, FolderLock? ownedLock, int lastStep) => (_file, _ownedLock, LastStep) = (file, ownedLock, lastStep);

    /// <summary>Gets the environment steps of the last row that the file held when it was opened; 0 if it held none.</summary>
    public int LastStep { get; }

    /// <summary>Returns the path of the lock file of a run's folder: not metrics.csv itself, which others may read meanwhile.</summary>
    public static string LockPath(string folder) => Path.Combine(folder, MetricsFormat.FileName + ".lock");

    /// <summary>Opens the file to append an iteration. Rows of that iteration and later ones are dropped, as is half a line at the end.</summary>
    /// <param name="folder">The folder of the run.</param>
    /// <param name="iteration">The iteration to be appended first, from 1.</param>
    /// <param name="heldLock">The folder's lock if the caller holds it; null to acquire it until the writer is disposed of.</param>
    /// <exception cref="IOException">Another recorder writes to the folder.</exception>
    /// <exception cref="InvalidDataException">The file has other columns, or a row before the iteration is damaged.</exception>
    public static MetricsWriter Open(string folder, int iteration, FolderLock? heldLock)
    {
        var path = Path.Combine(folder, MetricsFormat.FileName);
        FolderLock? ownedLock = null;
        if (heldLock is null && !FolderLock.TryAcquire(LockPath(folder), deleteOnRelease: true, out ownedLock))
            throw new IOException($"Another recorder writes to {Path.GetFullPath(folder)}: wait until its training has ended, or name another folder.");
        try
        {
            var lastStep = DropRowsFrom(path, iteration);

            // Unbuffered, so that a row survives the process.
            return new MetricsWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0), ownedLock, lastStep);
        }
        catch
        {
            ownedLock?.Dispose();
            throw;
        }
    }

    /// <summary>Appends an iteration.</summary>
    public void Append(TrpoIteration iteration) => _file.Write(Encoding.UTF8.GetBytes(MetricsFormat.Row(iteration)));

    /// <summary>Closes the file.</summary>
    public void Dispose()
    {
        _file.Dispose();
        _ownedLock?.Dispose();
    }

    // Returns the environment steps of the last row that stays.
    private static int DropRowsFrom(string path, int iteration)
    {
        var content = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var kept = iteration == 1 ? [] : content.AsSpan(0, LengthBefore(content, iteration, path));

        // A row that a report could not read is refused before training, not after it.
        var lastStep = !kept.IsEmpty && MetricsReader.Rows(Encoding.UTF8.GetString(kept), path) is [.., var last] ? last.Steps : 0;
        if (kept.IsEmpty)
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(MetricsFormat.Header));
        else if (kept.Length < content.Length)
            AtomicFile.Write(path, kept);
        return lastStep;
    }

    /// <summary>Returns the length of the header and the rows before an iteration, in bytes; 0 if the header is incomplete.</summary>
    private static int LengthBefore(ReadOnlySpan<byte> content, int iteration, string path)
    {
        var (length, line) = (0, 1);
        while (content[length..].IndexOf((byte)'\n') is >= 0 and var end)
        {
            var text = content.Slice(length, end + 1);
            if (line == 1 && !text.SequenceEqual(Encoding.UTF8.GetBytes(MetricsFormat.Header)))
                throw new InvalidDataException($"{path} has other columns than this version writes. Resume in an empty folder, or move the file away.");
            if (line > 1 && IterationOf(text, path, line) >= iteration)
                break;
            length += text.Length;
            line++;
        }

        return length;
    }

    private static int IterationOf(ReadOnlySpan<byte> row, string path, int line) =>
        Utf8Parser.TryParse(row, out int iteration, out var length) && iteration > 0 && row[length] == ','
            ? iteration : throw new InvalidDataException($"{path}, line {line}, column '{MetricsFormat.Iteration}': a number from 1 is expected. Repair the line, or move the file away.");
}
