using Trpo.Cli.Foundation;
using Trpo.Reports;
using Trpo.Reports.Comparisons;

namespace Trpo.Cli.Studies;

/// <summary>A comparison on the terminal, and as a page.</summary>
internal static class ComparisonText
{
    // The page has all groups.
    private const int MaxLines = 10;

    /// <summary>Writes the page, and a line for each group.</summary>
    public static void Write(RunComparison comparison, string path, Terminal terminal)
    {
        ComparisonReport.Save(comparison, path);
        foreach (var group in comparison.Groups.Take(MaxLines))
            terminal.WriteLine($"{group}");
        if (comparison.Groups.Count > MaxLines)
            terminal.WriteLine($"... and {comparison.Groups.Count - MaxLines} more groups");
        if (comparison.Groups is [{ Scores: { } best }, { Scores: { } second }, ..])
            terminal.WriteLine($"A seed of the first group improves on one of the second with a probability of {100 * best.ProbabilityOfImprovement(second):G3} %.");
        terminal.WriteLine($"Wrote {path}");
    }
}
