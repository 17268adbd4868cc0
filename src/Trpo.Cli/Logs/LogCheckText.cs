using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Estimators.Logs.Checking;

namespace Trpo.Cli.Logs;

/// <summary>The report of a check on the terminal, with the lines of the file that it is about.</summary>
internal static class LogCheckText
{
    /// <summary>Writes the report.</summary>
    public static void Write(LogReport report, LogFile file, Terminal terminal, CancellationToken cancel)
    {
        terminal.WriteLine($"{report}");
        var rows = report.Findings.Select(finding => finding.Row).OfType<long>().ToHashSet();
        if (rows.Count == 0)
            return;
        foreach (var (row, line) in file.LinesOf(rows, cancel).OrderBy(pair => pair.Key))
            terminal.WriteLine($"  Row {row} is in line {line} of {file.Path}.");
    }
}
