namespace Trpo.Onnx.Hosting;

/// <summary>The properties of a file that tell one version from another without reading it.</summary>
/// <param name="Length">The length in bytes; -1 if there is no file.</param>
/// <param name="LastWrite">The time of the last change.</param>
internal readonly record struct FileStamp(long Length, DateTime LastWrite)
{
    /// <summary>Looks at a file, or at the file that a link leads to.</summary>
    /// <exception cref="IOException">The file cannot be looked at.</exception>
    /// <exception cref="UnauthorizedAccessException">The file cannot be looked at.</exception>
    public static FileStamp Of(string path)
    {
        var file = new FileInfo(path);
        var target = file.LinkTarget is null ? file : file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo;
        return target is { Exists: true } ? new FileStamp(target.Length, target.LastWriteTimeUtc) : new FileStamp(-1, default);
    }
}
