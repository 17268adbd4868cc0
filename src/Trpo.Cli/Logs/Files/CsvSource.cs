using Microsoft.ML.Data;

namespace Trpo.Cli.Logs.Files;

/// <summary>A file for ML.NET's TextLoader. The name of a file is no pattern here.</summary>
/// <param name="path">The file.</param>
/// <param name="open">Opens the text.</param>
internal sealed class CsvSource(string path, Func<TextReader> open) : IMultiStreamSource
{
    /// <inheritdoc/>
    public int Count => 1;

    /// <inheritdoc/>
    public string GetPathOrNull(int index) => path;

    /// <inheritdoc/>
    public Stream Open(int index) => File.OpenRead(path);

    /// <inheritdoc/>
    public TextReader OpenTextReader(int index) => open();
}
