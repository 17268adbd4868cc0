namespace Trpo.Tests.Support;

/// <summary>A temporary folder of one test, deleted when disposed.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("trpo-test-");

    public string FullName => _folder.FullName;

    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([FullName, .. parts]);

    public void Dispose() => _folder.Delete(recursive: true);
}
