using System.CommandLine;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Reports;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo report</c>.</summary>
internal static class ReportVerb
{
    private static readonly Argument<string> Folder = Options.Path("folder", "The folder of the run, as given to --out.");

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("report", "Makes the report of a run from its metrics: also while the run goes on, or after it was killed.")
        {
            Examples = [("trpo report runs/1", "Then open runs/1/report.html in a browser; it needs no network.")],
            Notes = "It reads metrics.csv and run.json in the folder, and writes report.html and plots/. A training writes its report when it ends.",
        };
        command.Arguments.Add(Folder);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var folder = new RunFolder(parsed.GetValue(Folder)!);
        if (!File.Exists(folder.Metrics))
            throw new CommandException($"There is no run in {folder.Path}: it has no {Path.GetFileName(folder.Metrics)}.");
        foreach (var path in RunReport.Save(folder.Path))
            terminal.WriteLine($"Wrote {path}");
        return ExitCode.Done;
    }
}
