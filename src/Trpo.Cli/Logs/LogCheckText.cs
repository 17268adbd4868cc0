using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Estimators.Logs.Checking;

namespace Trpo.Cli.Logs;

/// <summary>The report of a check on the terminal, with the lines of the file that it is about.</summary>
internal static class LogCheckText
{
    /// <summary>Writes the report.</summary>
    public static void Write(LogReport report, LogFile file, LogChoice choice, Terminal terminal, CancellationToken cancel)
    {
        terminal.WriteLine($"Columns: action '{choice.Action}', reward '{choice.Reward}', probability '{choice.Probability}'{(choice.IsLogarithm ? " (logarithm)" : "")}; features {string.Join(", ", choice.Features.Select(feature => $"'{feature.Name}' ({Kind(file, feature)})"))}");
        terminal.WriteLine($"{report}");
        var rows = report.Findings.Select(finding => finding.Row).OfType<long>().ToHashSet();
        if (rows.Count == 0)
            return;
        foreach (var (row, line) in file.LinesOf(rows, cancel).OrderBy(pair => pair.Key))
            terminal.WriteLine($"  Row {row} is in line {line} of {file.Path}.");
    }

    private static string Kind(LogFile file, LogFeature feature)
    {
        var column = file.Columns.First(column => column.Name == feature.Name);
        var kind = feature.IsText ? FormattableString.Invariant($"{column.Values} categories") : "numbers";
        return column.Missing == 0 ? kind : FormattableString.Invariant($"{kind}, {column.Missing:N0} missing");
    }
}
