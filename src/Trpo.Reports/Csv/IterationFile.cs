using System.Buffers.Text;
using System.Text;
using Trpo.Onnx.Files;

namespace Trpo.Reports.Csv;

/// <summary>A file of rows that begin with the number of their iteration, each of which reaches the file before <see cref="Append"/> returns.</summary>
internal sealed class IterationFile : IDisposable
{
    private readonly FileStream _file;

    private IterationFile(FileStream file) => _file = file;

    /// <summary>Opens the file to append an iteration. Rows of that iteration and later ones are dropped, as is half a line at the end.</summary>
    /// <param name="path">The path of the file, which is created if it is missing.</param>
    /// <param name="header">The header, with its line end.</param>
    /// <param name="iteration">The iteration to be appended first, from 1.</param>
    /// <param name="check">Reads the header and the rows that stay, and refuses what a report could not read: before training, not after it.</param>
    /// <exception cref="InvalidDataException">The file has other columns, or a row before the iteration is damaged.</exception>
    public static IterationFile Open(string path, string header, int iteration, Action<string> check)
    {
        var content = File.Exists(path) ? File.ReadAllBytes(path) : [];
        var kept = iteration == 1 ? [] : content.AsSpan(0, LengthBefore(content, iteration, header, path));
        check(Encoding.UTF8.GetString(kept));
        if (kept.IsEmpty)
            AtomicFile.Write(path, Encoding.UTF8.GetBytes(header));
        else if (kept.Length < content.Length)
            AtomicFile.Write(path, kept);

        // Unbuffered, so that a row survives the process.
        return new IterationFile(new FileStream(path, FileMode.Append, FileAccess.Write, FileShare.Read, bufferSize: 0));
    }

    /// <summary>Appends the rows of an iteration, with their line ends.</summary>
    public void Append(string rows) => _file.Write(Encoding.UTF8.GetBytes(rows));

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    /// <summary>Returns the length of the header and the rows before an iteration, in bytes; 0 if the header is incomplete.</summary>
    private static int LengthBefore(ReadOnlySpan<byte> content, int iteration, string header, string path)
    {
        var (length, line) = (0, 1);
        while (content[length..].IndexOf((byte)'\n') is >= 0 and var end)
        {
            var text = content.Slice(length, end + 1);
            if (line == 1 && !text.SequenceEqual(Encoding.UTF8.GetBytes(header)))
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
