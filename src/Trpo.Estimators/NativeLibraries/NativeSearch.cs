using System.Runtime.InteropServices;

namespace Trpo.Estimators.NativeLibraries;

/// <summary>The search for native libraries in the folders of the application and of the .NET host.</summary>
internal static class NativeSearch
{
    /// <summary>Gets the existing folders that are searched, in order.</summary>
    public static IReadOnlyList<string> Folders { get; } = [.. Candidates().Where(Directory.Exists).Distinct(StringComparer.Ordinal)];

    /// <summary>Returns the path of the first file that matches a pattern, or null if there is none.</summary>
    public static string? Find(string pattern) =>
        Folders.SelectMany(folder => Directory.EnumerateFiles(folder, pattern)).FirstOrDefault();

    private static IEnumerable<string> Candidates()
    {
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant(), "native");
        yield return AppContext.BaseDirectory;
        var hostFolders = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (var folder in hostFolders.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
    }
}
