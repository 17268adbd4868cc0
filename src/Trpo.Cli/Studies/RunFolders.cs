using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Reports;

namespace Trpo.Cli.Studies;

/// <summary>The runs among the folders of a command line.</summary>
internal static class RunFolders
{
    // A study holds seeds, a sweep trials, and a folder of the user either.
    private const int MaxDepth = 3;

    /// <summary>Finds the runs: the folders themselves, or those in them.</summary>
    /// <param name="paths">The folders. A page of a comparison among them, as a shell finds it for <c>runs/*</c>, is left out.</param>
    /// <param name="terminal">Receives a line for each folder without a run.</param>
    /// <exception cref="CommandException">A path does not exist or is a file.</exception>
    public static IReadOnlyList<string> Find(IEnumerable<string> paths, Terminal terminal)
    {
        List<string> found = [];
        foreach (var path in paths)
        {
            if (File.Exists(path) && Path.GetFileName(path) is var name && (name == ComparisonReport.FileName || name.EndsWith(".json", StringComparison.Ordinal)))
                continue;
            var folder = new RunFolder(path);
            if (!folder.Exists)
                throw new CommandException($"There is no folder {folder.Path}.");
            var runs = Within(path);
            if (runs.Count == 0)
                terminal.Warn($"There is no run in {folder.Path} yet: it is left out.");
            found.AddRange(runs);
        }

        return [.. found.DistinctBy(Path.GetFullPath)];
    }

    /// <summary>Returns the folder itself if it is that of a run, or the runs in it; none if it does not exist.</summary>
    public static IReadOnlyList<string> Within(string folder) => Directory.Exists(folder) ? [.. In(folder, MaxDepth).Order(StringComparer.Ordinal)] : [];

    private static IEnumerable<string> In(string folder, int depth)
    {
        if (File.Exists(new RunFolder(folder).Metrics))
            return [folder];
        return depth == 0 ? [] : Directory.GetDirectories(folder).Where(inner => Path.GetFileName(inner) is not ("replaced" or "checkpoints")).SelectMany(inner => In(inner, depth - 1));
    }
}
