using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs;
using Trpo.Estimators;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo log check</c>.</summary>
internal static class LogCheckVerb
{
    private static readonly LogColumnOptions Columns = new("Columns that a policy would see; by default all others but identifiers, times and dates.", choosesFeatures: true, hasEpisodes: true);

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("check", "Checks a log before a policy is learned from it: missing values, wrong probabilities, actions that were never taken, rows that were logged twice.")
        {
            Examples =
            [
                ("trpo log check --data log.csv", "With columns named Action, Reward and Probability. The exit code is 1 if there is an error; warnings alone give 0."),
                ("trpo log check --data shop.sqlite --table decisions --log-probability logp --ignore price", "Of a table in a database."),
                ("trpo log check --data games.csv --episode game --step turn", "Of decisions that change what comes later."),
            ],
            Notes = "A column whose cells are all numbers, or missing, is one of numbers; true and false are 1 and 0; all others are categories. Missing are empty cells and NULL and, among numbers, NA, N/A, NaN, null and ?. Columns that look like identifiers, times or dates are left out, and named. Nothing is written.",
        };
        Columns.AddTo(command);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        using var interruption = new Interruption(() => terminal.Warn($"Stopping."));
        try
        {
            using var file = Columns.Open(parsed, interruption.Token);
            var choice = new LogChooser(file, Columns.Names(parsed, new LogNames())).Choose(needsRewards: false);
            LogColumnText.Write(file, choice, terminal);
            var words = new LogWords(choice);
            var ml = new MLContext(seed: 0);
            var report = new LogRefusal(file, words).Run($"{file.Path} cannot be checked", () =>
            {
                var view = file.Load(ml, choice.Fields);
                LogPipeline.RequireMasked(choice, view, file.Path);
                var result = ml.ReinforcementLearning.CheckLog(LogPipeline.WithKeys(ml, choice, LogPipeline.Create(ml, choice, isScaled: false).Fit(view).Transform(view)), choice.Columns(choice.Observation), interruption.Token);
                file.RequireUnchanged();
                return result;
            });
            LogCheckText.Write(report, file, words, choice.Mask, terminal, interruption.Token);
            return report.HasErrors ? ExitCode.UserError : ExitCode.Done;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
