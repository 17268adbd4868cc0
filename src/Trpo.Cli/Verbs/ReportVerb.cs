using System.CommandLine;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Cli.Studies;
using Trpo.Reports;
using Trpo.Reports.Comparisons;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo report</c>.</summary>
internal static class ReportVerb
{
    private static readonly Argument<string[]> Folders = new("folder")
    {
        Description = "The folder of the run, as given to --out; or several, or a folder of them, to compare.",
        HelpName = "folder",
        Arity = ArgumentArity.OneOrMore,
        Validators =
        {
            result =>
            {
                if (result.Tokens.FirstOrDefault(token => string.IsNullOrWhiteSpace(token.Value)) is { } token)
                    result.AddError($"folder must be a path, not '{token.Value}'.");
            },
        },
    };

    private static readonly Option<string?> Out = Options.File("--out", "The page of a comparison; comparison.html in the folder that the runs are in by default.");

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("report", "Makes the report of a run from its metrics, also while the run goes on, or after it was killed; or compares several runs.")
        {
            Examples =
            [
                ("trpo report runs/1", "Then open runs/1/report.html in a browser; it needs no network."),
                ("trpo report runs/small runs/large --out comparison.html", "Compares the runs, grouped by their settings: curves with bands, means and intervals over seeds, and the settings that differ."),
            ],
            Notes = "It reads metrics.csv and run.json in the folders, and writes report.html and plots/, or the page of the comparison. A training writes its report when it ends.",
        };
        command.Arguments.Add(Folders);
        command.Options.Add(Out);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var paths = parsed.GetValue(Folders)!;
        if (paths is [var path] && parsed.GetValue(Out) is null && new RunFolder(path) is var folder && (File.Exists(folder.Metrics) || RunFolders.Within(path).Count == 0))
            return Report(folder, terminal);
        var runs = RunFolders.Find(paths, terminal);
        if (runs.Count == 0)
            throw new CommandException("None of the folders has a run.");
        var page = Path.GetFullPath(parsed.GetValue(Out) ?? Path.Combine(Common(paths), ComparisonReport.FileName));
        OutputPath.CheckFile(page);
        ComparisonText.Write(RunComparison.Load(runs), page, terminal);
        return ExitCode.Done;
    }

    private static int Report(RunFolder folder, Terminal terminal)
    {
        if (!File.Exists(folder.Metrics))
            throw new CommandException($"There is no run in {folder.Path}: it has no {Path.GetFileName(folder.Metrics)}.");
        foreach (var path in RunReport.Save(folder.Path))
            terminal.WriteLine($"Wrote {path}");
        return ExitCode.Done;
    }

    // The folder that was named, or that all of those are in; the working directory if there is none.
    private static string Common(string[] paths) => paths is [var path]
        ? path : paths.Select(one => Path.GetDirectoryName(Path.TrimEndingDirectorySeparator(Path.GetFullPath(one)))).Distinct().ToArray() is [{ } parent] ? parent : ".";
}
