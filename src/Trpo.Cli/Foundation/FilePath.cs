namespace Trpo.Cli.Foundation;

/// <summary>Comparisons of paths.</summary>
internal static class FilePath
{
    /// <summary>True if two paths name one file, perhaps by symbolic links.</summary>
    public static bool AreSame(string left, string right) => TargetOf(left) == TargetOf(right);

    private static string TargetOf(string path) => (File.Exists(path) ? File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName : null) ?? Path.GetFullPath(path);
}
