using Trpo.Onnx.Files;
using Trpo.Onnx.Hosting;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Hosting;

/// <summary>A policy in a file of its own folder, and what a host of it reports.</summary>
internal sealed class HostedFile : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private int _writes;

    public HostedFile(byte[] onnx) => Write(onnx);

    public string Path => _folder.PathOf("policy.onnx");

    public List<PolicyChange> Changes { get; } = [];

    public string PathOf(string name) => _folder.PathOf(name);

    public PolicyHost Open(Action<PolicyHostOptions>? configure = null)
    {
        var options = new PolicyHostOptions { Changed = Changes.Add };
        configure?.Invoke(options);
        return PolicyHost.Open(Path, options);
    }

    /// <summary>Writes the file anew, with a time of change that is later than the one before, however coarse the clock of the file system is.</summary>
    public void Write(byte[] bytes)
    {
        AtomicFile.Write(Path, bytes);
        Stamp();
    }

    /// <summary>Writes the file in its place, as a copy that is not finished does.</summary>
    public void Overwrite(ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Path, bytes);
        Stamp();
    }

    public void Dispose() => _folder.Dispose();

    private void Stamp() => File.SetLastWriteTimeUtc(Path, new DateTime(2024, 1, 1, 0, 0, ++_writes, DateTimeKind.Utc));
}
