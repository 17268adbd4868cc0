using System.Buffers.Text;
using System.Text;
using Trpo.Estimators;
using Trpo.Onnx.Files;

namespace Trpo.Reports.Csv;

/// <summary>Writes metrics.csv, a row per iteration, as if the run had never been stopped.</summary>
internal sealed class MetricsWriter : IDisposable
{
    private readonly FileStream _file;
    private readonly FileStream _lock;

    private MetricsWriter(FileStream file, FileStream @lock, int lastStep) => (_file, _lock, LastStep) = (file, @lock, lastStep);

    /// <summary>The environment steps of the last row that was in the file when it was opened; 0 where there was none.</summary>
    public int LastStep { get; }

    /// <summary>Whether a recorder has the file open.</summary>
    public static bool IsOpen(string folder)
    {
        var path = LockPath(folder);
        if (!File.Exists(path))
            return false;
        try
        {
            // One that was killed leaves the file, but not the lock.
            new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0).Dispose();
            return false;
        }
        catch (IOException exception)
        {
            return exception is not FileNotFoundException;
        }
    }

    /// <summary>Opens the file to go on with an iteration: later rows are dropped, and that iteration's own; so is half a line at the end.</summary>
    /// <exception cref="IOException">Another recorder writes the file.</exception>
    /// <exception cref="InvalidDataException">The file has other columns, or a row before the iteration is damaged.</exception>
    public static MetricsWriter Open(string folder, int iteration)
    {
        var path = Path.Combine(folder, MetricsFormat.FileName);
        // Not metrics.csv itself, which others may read meanwhile.
        var @lock = new FileStream(LockPath(folder), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        try
        {
            var lastStep = Cut(path, iteration);

            // Unbuffered: each row is written at once, and outlives the process from then on.
            return new MetricsWriter(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0), @lock, lastStep);
        }
        catch
        {
            @lock.Dispose();
            throw;
        }
    }

    public void Append(TrpoIteration iteration) => _file.Write(Encoding.UTF8.GetBytes(MetricsFormat.Row(iteration)));

    public void Dispose()
    {
        _file.Dispose();
        _lock.Dispose();
    }

    private static string LockPath(string folder) => Path.Combine(folder, MetricsFormat.FileName + ".lock");

    // Returns the environment steps of the last row that stays.
    private static int Cut(string path, int iteration)
    {
        var content = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var kept = iteration == 1 ? [] : content.AsSpan(0, LengthBefore(content, iteration, path));

        // Whatever could not be read again should be known before training, not after it.
        var lastStep = !kept.IsEmpty && MetricsReader.Rows(Encoding.UTF8.GetString(kept), path) is [.., var last] ? last.Steps : 0;
        if (kept.IsEmpty)
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(MetricsFormat.Header));
        else if (kept.Length < content.Length)
            AtomicFile.Write(path, kept);
        return lastStep;
    }

    /// <summary>The bytes of the header and the rows before an iteration; 0 where not even the header is whole.</summary>
    private static int LengthBefore(ReadOnlySpan<byte> content, int iteration, string path)
    {
        var (position, line) = (0, 1);
        while (content[position..].IndexOf((byte)'\n') is >= 0 and var end)
        {
            var text = content.Slice(position, end + 1);
            if (line == 1 && !text.SequenceEqual(Encoding.UTF8.GetBytes(MetricsFormat.Header)))
                throw new InvalidDataException($"{path} has other columns than this version writes. Go on in an empty folder, or move the file away.");
            if (line > 1 && IterationOf(text, path, line) >= iteration)
                break;
            position += text.Length;
            line++;
        }

        return position;
    }

    private static int IterationOf(ReadOnlySpan<byte> row, string path, int line) =>
        Utf8Parser.TryParse(row, out int iteration, out var length) && iteration > 0 && row[length] == ','
            ? iteration : throw new InvalidDataException($"{path}, line {line}, column '{MetricsFormat.Iteration}': a number from 1 is expected. Repair the line, or move the file away.");
}
