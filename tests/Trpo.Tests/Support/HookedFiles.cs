using Trpo.Onnx.Files;

namespace Trpo.Tests.Support;

/// <summary>The disk, with an action of the test before a file is created.</summary>
internal sealed class HookedFiles(Action<string> beforeCreateFile) : IFileSystem
{
    public bool FolderExists(string path) => DiskFileSystem.Instance.FolderExists(path);

    public void CreateFolder(string path) => DiskFileSystem.Instance.CreateFolder(path);

    public void CreateFile(string path, ReadOnlySpan<byte> content)
    {
        beforeCreateFile(path);
        DiskFileSystem.Instance.CreateFile(path, content);
    }

    public void Move(string path, string target) => DiskFileSystem.Instance.Move(path, target);

    public void Delete(string path) => DiskFileSystem.Instance.Delete(path);

    public void SyncFolder(string path) => DiskFileSystem.Instance.SyncFolder(path);
}
