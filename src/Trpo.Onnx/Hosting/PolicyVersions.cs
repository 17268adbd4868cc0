using System.Globalization;
using System.Security.Cryptography;
using System.Text.RegularExpressions;
using Trpo.Onnx.Files;
using Trpo.Runtime.Files;

namespace Trpo.Onnx.Hosting;

/// <summary>
/// The versions of a policy in a folder, one of which is current. Each is a file <c>v1-(SHA-256).onnx</c> that never changes; <c>current.onnx</c> is a copy of the current one, which a
/// <see cref="PolicyHost"/> watches. Files are written aside, synced and renamed: a process that is killed leaves the old or the new one. Any number of processes may read; one at a time may
/// change, which is for the caller to see to.
/// </summary>
public sealed partial class PolicyVersions
{
    private readonly string _folder;
    private readonly IFileSystem _files;

    /// <summary>Opens a folder of versions.</summary>
    /// <param name="folder">The folder, which the first version creates.</param>
    public PolicyVersions(string folder)
        : this(folder, DiskFileSystem.Instance)
    {
    }

    internal PolicyVersions(string folder, IFileSystem files)
    {
        ArgumentException.ThrowIfNullOrEmpty(folder);
        (_folder, _files) = (Path.GetFullPath(folder), files);
        CurrentPath = Path.Combine(_folder, "current.onnx");
    }

    /// <summary>The file of the current version, for <see cref="PolicyHost.Open"/>.</summary>
    public string CurrentPath { get; }

    /// <summary>The current version, by the content of its file; null if there is none, or if it is none of the <see cref="List"/>.</summary>
    /// <exception cref="IOException">The file cannot be read.</exception>
    public PolicyVersion? Current
    {
        get
        {
            if (!File.Exists(CurrentPath))
                return null;
            var hash = HashOf(BoundedFile.Read(CurrentPath, PolicySession.MaxBytes));
            return List().FirstOrDefault(version => version.Sha256 == hash);
        }
    }

    /// <summary>Returns all versions in the order of their numbers.</summary>
    /// <exception cref="IOException">The folder cannot be read.</exception>
    public IReadOnlyList<PolicyVersion> List() => !Directory.Exists(_folder)
        ? []
        : [.. Directory.EnumerateFiles(_folder, "v*.onnx").Select(file => Name().Match(Path.GetFileName(file))).Where(match => match.Success)
            .Select(match => new PolicyVersion(int.Parse(match.Groups[1].Value, CultureInfo.InvariantCulture), match.Groups[2].Value)).OrderBy(version => version.Number)];

    /// <summary>Adds a version, which does not become the current one. Bytes that are a version already stay that one.</summary>
    /// <param name="onnx">The ONNX file of the policy, which is opened as a stranger's (<see cref="PolicySession.Open(byte[])"/>) first, so that no version is kept that cannot be served.</param>
    /// <returns>The version.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a policy, are damaged or are not admitted.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public PolicyVersion Add(byte[] onnx)
    {
        ArgumentNullException.ThrowIfNull(onnx);
        PolicySession.Open(onnx).Dispose();
        var hash = HashOf(onnx);
        var versions = List();
        if (versions.FirstOrDefault(known => known.Sha256 == hash) is { } same)
            return same;
        var version = new PolicyVersion(versions.Count == 0 ? 1 : versions[^1].Number + 1, hash);
        AtomicFile.Write(_files, PathOf(version), onnx);
        return version;
    }

    /// <summary>Returns the ONNX file of a version.</summary>
    /// <param name="version">The version.</param>
    /// <exception cref="FileNotFoundException">There is no such version.</exception>
    /// <exception cref="InvalidDataException">The file is not the one that was added.</exception>
    public byte[] Read(PolicyVersion version)
    {
        ArgumentNullException.ThrowIfNull(version);
        var bytes = BoundedFile.Read(PathOf(version), PolicySession.MaxBytes);
        return HashOf(bytes) == version.Sha256
            ? bytes
            : throw new InvalidDataException($"The file of version {version.Number}, {PathOf(version)}, is not the one that was added: its SHA-256 differs from the one in its name. Take another version, or restore the file.");
    }

    /// <summary>Makes a version the current one.</summary>
    /// <param name="version">The version.</param>
    /// <exception cref="FileNotFoundException">There is no such version.</exception>
    /// <exception cref="InvalidDataException">The file is not the one that was added.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public void SetCurrent(PolicyVersion version) => AtomicFile.Write(_files, CurrentPath, Read(version));

    /// <summary>Makes the version before the current one the current one.</summary>
    /// <returns>The version that is current now.</returns>
    /// <exception cref="InvalidOperationException">There is no current version, or none before it.</exception>
    /// <exception cref="InvalidDataException">The file is not the one that was added.</exception>
    /// <exception cref="IOException">The file cannot be written.</exception>
    public PolicyVersion RollBack()
    {
        var current = Current ?? throw new InvalidOperationException($"No version of {_folder} is current: there is nothing to roll back.");
        var before = List().LastOrDefault(version => version.Number < current.Number)
            ?? throw new InvalidOperationException($"Version {current.Number} of {_folder} is the first one: there is none to roll back to.");
        SetCurrent(before);
        return before;
    }

    private static string HashOf(byte[] bytes) => Convert.ToHexString(SHA256.HashData(bytes)).ToLowerInvariant();

    private string PathOf(PolicyVersion version) => Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"v{version.Number}-{version.Sha256}.onnx"));

    [GeneratedRegex(@"^v([1-9]\d{0,8})-([0-9a-f]{64})\.onnx$")]
    private static partial Regex Name();
}
