using System.CommandLine;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo log</c>, with verbs of its own.</summary>
internal static class LogVerb
{
    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("log", "Checks a log of another policy's decisions, learns a policy from it, and estimates what a policy would have earned: from a file, without an environment.")
        {
            Examples =
            [
                ("trpo log check --data log.csv --action banner --reward clicked --probability p", "First: can the log be learned from?"),
                ("trpo log train --data log.csv --action banner --reward clicked --probability p --out runs/1", "Learns on the first rows, evaluates on the last."),
                ("trpo log evaluate runs/1 --data new.csv", "The same policy on rows that came later."),
            ],
            Notes = "A log has a row for each decision, with the action, the probability with which it was drawn, and the reward. Files are CSV with a header (UTF-8; comma, semicolon, tab or bar), SQLite databases, or Parquet files.",
        };
        command.Subcommands.Add(LogCheckVerb.Create());
        command.Subcommands.Add(LogTrainVerb.Create());
        command.Subcommands.Add(LogEvaluateVerb.Create());
        command.SetAction(parsed => command.Parse("--help").Invoke(parsed.InvocationConfiguration));
        return command;
    }
}
