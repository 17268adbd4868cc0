namespace Trpo.Tests.Support;

/// <summary>A change that <see cref="RecordedFileSystem"/> recorded.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Path">The path, relative to the recorded folder.</param>
internal sealed record FileChange(FileChangeKind Kind, string Path)
{
    /// <summary>The new path of a moved file.</summary>
    public string Target { get; init; } = "";

    /// <summary>The content of a created file.</summary>
    public byte[] Content { get; init; } = [];

    /// <summary>The folder whose names the change concerns.</summary>
    public string Folder => Kind == FileChangeKind.SyncFolder ? Path : System.IO.Path.GetDirectoryName(Path) is { Length: > 0 } folder ? folder : ".";
}
