using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Checking;

namespace Trpo.Cli.Logs;

/// <summary>The report of a check on the terminal, with the lines of the file that it is about.</summary>
internal static class LogCheckText
{
    /// <summary>Writes the report.</summary>
    /// <param name="report">The report.</param>
    /// <param name="file">The log.</param>
    /// <param name="words">The words of the command line.</param>
    /// <param name="mask">The columns that tell which actions could be taken; null if all could be.</param>
    /// <param name="terminal">The terminal.</param>
    /// <param name="cancel">Ends the search for the lines.</param>
    public static void Write(LogReport report, LogFile file, LogWords words, LogMask? mask, Terminal terminal, CancellationToken cancel)
    {
        terminal.WriteLine($"{words.Of(report.ToString())}");
        if (mask is not null && report.Findings.Any(finding => finding.Fault is LogFault.ActionNeverTaken or LogFault.MaskInvalid))
            terminal.WriteLine($"  If a column that begins with '{mask.Prefix}' is for no action, choose another prefix with --eligible, or rename the column.");
        var rows = report.Findings.Select(finding => finding.Row).OfType<long>().ToHashSet();
        if (rows.Count == 0)
            return;
        foreach (var (row, line) in file.LinesOf(rows, cancel).OrderBy(pair => pair.Key))
            terminal.WriteLine($"  Row {row} is in line {line} of {file.Path}.");
    }
}
