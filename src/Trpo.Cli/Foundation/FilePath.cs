namespace Trpo.Cli.Foundation;

/// <summary>Paths of files and folders.</summary>
internal static class FilePath
{
    /// <summary>True if two paths name one file, perhaps by symbolic links.</summary>
    public static bool AreSame(string left, string right) => TargetOf(left) == TargetOf(right);

    /// <summary>Returns a path for the commands that messages propose: in quotes if it has spaces.</summary>
    public static string InCommand(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    private static string TargetOf(string path) => (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
}
