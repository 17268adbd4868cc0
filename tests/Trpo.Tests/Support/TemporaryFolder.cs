namespace Trpo.Tests.Support;

/// <summary>A folder of a test's own, gone when it is over.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("trpo-test-");

    public string FullName => _folder.FullName;

    public string PathOf(params ReadOnlySpan<string> parts) => Path.Combine([FullName, .. parts]);

    public void Dispose() => _folder.Delete(recursive: true);
}
