namespace Trpo.Tests.Support;

/// <summary>A temporary folder of one test, deleted when disposed.</summary>
/// <param name="isInMemory">True for a file system in memory where there is one, for thousands of files.</param>
internal sealed class TemporaryFolder(bool isInMemory = false) : IDisposable
{
    private const string Memory = "/dev/shm";

    private readonly DirectoryInfo _folder = isInMemory && Directory.Exists(Memory)
        ? Directory.CreateDirectory(Path.Combine(Memory, $"trpo-test-{Path.GetRandomFileName()}"))
        : Directory.CreateTempSubdirectory("trpo-test-");

    public string FullName => _folder.FullName;

    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([FullName, .. parts]);

    public void Dispose() => _folder.Delete(recursive: true);
}
