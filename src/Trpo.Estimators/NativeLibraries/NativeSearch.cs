using System.Runtime.InteropServices;

namespace Trpo.Estimators.NativeLibraries;

/// <summary>Where an application's native libraries are: beside it, or in the folders that the host was told of.</summary>
internal static class NativeSearch
{
    public static IReadOnlyList<string> Folders { get; } = [.. Candidates().Where(Directory.Exists).Distinct(StringComparer.Ordinal)];

    /// <summary>The path of the first file that fits the pattern, or null.</summary>
    public static string? Find(string pattern) =>
        Folders.SelectMany(folder => Directory.EnumerateFiles(folder, pattern)).FirstOrDefault();

    private static IEnumerable<string> Candidates()
    {
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", RuntimeInformation.RuntimeIdentifier, "native");
        yield return Path.Combine(AppContext.BaseDirectory, "runtimes", $"linux-{RuntimeInformation.ProcessArchitecture}".ToLowerInvariant(), "native");
        yield return AppContext.BaseDirectory;
        var told = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (var folder in told.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return folder;
    }
}
