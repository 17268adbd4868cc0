using System.Text.RegularExpressions;
using Trpo.Onnx.Files;

namespace Trpo.Tests.Support;

/// <summary>The disk, with a record of every change in a folder, from which the states are derived that a power cut may leave (<see cref="PowerCuts"/>).</summary>
internal sealed partial class RecordedFileSystem(string root) : IFileSystem
{
    /// <summary>The changes in their order.</summary>
    public List<FileChange> Changes { get; } = [];

    public bool FolderExists(string path) => DiskFileSystem.Instance.FolderExists(path);

    public void CreateFolder(string path)
    {
        DiskFileSystem.Instance.CreateFolder(path);
        Changes.Add(new FileChange(FileChangeKind.CreateFolder, Relative(path)));
    }

    public void CreateFile(string path, ReadOnlySpan<byte> content)
    {
        File.WriteAllBytes(path, content.ToArray());
        Changes.Add(new FileChange(FileChangeKind.CreateFile, Relative(path)) { Content = content.ToArray() });
    }

    public void Move(string path, string target)
    {
        DiskFileSystem.Instance.Move(path, target);
        Changes.Add(new FileChange(FileChangeKind.Move, Relative(path)) { Target = Relative(target) });
    }

    public void Delete(string path)
    {
        if (!File.Exists(path))
            return;
        DiskFileSystem.Instance.Delete(path);
        Changes.Add(new FileChange(FileChangeKind.Delete, Relative(path)));
    }

    public void SyncFolder(string path) => Changes.Add(new FileChange(FileChangeKind.SyncFolder, Relative(path)));

    // A folder that is held open is reached through its handle, which is a link.
    private string Relative(string path)
    {
        if (Handle().Match(path) is { Success: true } handle)
            path = Directory.ResolveLinkTarget(handle.Value, returnFinalTarget: false)!.FullName + path[handle.Length..];
        return Path.GetRelativePath(root, path);
    }

    [GeneratedRegex("^/proc/self/fd/[0-9]+")]
    private static partial Regex Handle();
}
