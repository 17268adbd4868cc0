using Trpo.Tests.Support;

namespace Trpo.Tests.Architecture;

/// <summary>A C# file of the repository.</summary>
/// <param name="Path">The path relative to the root of the repository, with forward slashes.</param>
/// <param name="Text">The content.</param>
internal sealed record SourceFile(string Path, string Text)
{
    private static readonly string[] Folders = ["src", "tests", "examples", "benchmarks", "build"];

    /// <summary>The files of all projects, without generated ones.</summary>
    public static IReadOnlyList<SourceFile> All { get; } = [.. Folders.SelectMany(In)];

    /// <summary>The number of lines.</summary>
    public int Lines => Text.Count(character => character == '\n');

    /// <summary>Returns the namespace that the folder stands for, below a root namespace that is the name of the project's folder.</summary>
    public string Namespace => System.IO.Path.GetDirectoryName(Path)!.Replace('\\', '/').Split('/', 2)[1].Replace('/', '.');

    private static IEnumerable<SourceFile> In(string folder) => Directory.EnumerateFiles(System.IO.Path.Combine(Repository.Root, folder), "*.cs", SearchOption.AllDirectories)
        .Select(path => (Full: path, Relative: System.IO.Path.GetRelativePath(Repository.Root, path).Replace('\\', '/')))
        .Where(path => !path.Relative.Split('/').Any(part => part is "bin" or "obj"))
        .Select(path => new SourceFile(path.Relative, File.ReadAllText(path.Full)));
}
