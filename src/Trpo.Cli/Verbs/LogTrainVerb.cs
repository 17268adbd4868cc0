using System.CommandLine;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs;
using Trpo.Cli.Runs;
using Trpo.Estimators.Logs.Learning;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo log train</c>.</summary>
internal static class LogTrainVerb
{
    // Every run is repeatable.
    private const int DefaultSeed = 1;

    private static readonly LogColumnOptions Columns = new("The columns that the policy sees; by default all others but identifiers, times and dates.", choosesFeatures: true, hasEpisodes: false);
    private static readonly Option<string?> Out = Options.Folder("--out", "The folder of the run; runs/ and the name of the log by default.");
    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace the run that is in the folder; it is moved to replaced/ there." };
    private static readonly Option<double?> HoldOut = Options.Real("--holdout", "The share of the rows, the last of the log, that the policy is evaluated on and not learned from; 0.3 by default.", 0.01, 0.99);
    private static readonly Option<int?> Steps = Options.Number("--steps", "The maximum number of steps; 100 by default.", min: 1, max: 1_000_000);
    private static readonly Option<int?> Seed = Options.Number("--seed", "The seed of all randomness: the same seed gives the same policy. 1 by default.", min: 0);
    private static readonly Option<double?> Kl = Options.Real("--kl", "The radius of the trust region, the mean divergence of a step in nats; 0.02 by default.", 1e-6, 10);
    private static readonly Option<string> Model = Options.OneOf("--reward-model", ["ridge", "network"], "The model of the rewards: ridge (the default), a ridge regression for each action, or network, which follows rewards that are not linear in the columns.");
    private static readonly Option<string> Estimator = Options.OneOf("--estimator", ["DR", "SNIPS", "IPS"], "The estimate of the policy's value that is maximized: DR (the default), or SNIPS or IPS, which need no model of the rewards.");
    private static readonly Option<double?> VerdictLevel = Options.Real("--verdict-level", "The level of the verdict, at least 0.5 and below 1; 0.95 by default.", 0.5, 0.999999999);

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("train", "Learns a policy from the first rows of a log, and evaluates it on the last ones. Nothing is played.")
        {
            Examples =
            [
                ("trpo log train --data log.csv --action banner --reward clicked --probability p --out runs/1", "Learns for seconds to minutes; the files are in runs/1."),
                ("trpo log train --data shop.sqlite --table decisions --ignore price --holdout 0.5 --seed 2", "Columns named Action, Reward and Probability; half of the rows for the evaluation."),
            ],
            Notes = """
                Categories become vectors of zeros and ones, missing numbers the mean of the rows that are learned from, and all numbers get a common scale. Rows are taken in the order of the file: write them in the order of time, so that the last ones are as fresh as those to come.
                A column that looks like an identifier, a time or a date is left out, and named, unless --features names it.
                Files: model.zip (pipeline and policy, for ML.NET), policy.onnx (both as one graph), log.json (the columns, which `trpo log evaluate` reads) and report.html (the evaluation).
                Ctrl-C stops the learning and writes the best policy so far; another one after a second ends at once.
                """,
        };
        Columns.AddTo(command);
        foreach (var option in new Option[] { Out, Overwrite, HoldOut, Steps, Seed, Kl, Model, Estimator, VerdictLevel })
            command.Options.Add(option);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var command = Command(parsed);
        Refuse(command);
        using var interruption = new Interruption(() => terminal.Warn($"Stopping after this step; another Ctrl-C after a second ends at once."));
        try
        {
            using var file = Columns.Open(parsed, interruption.Token);
            var choice = new LogChooser(file, Columns.Names(parsed, new LogNames())).Choose(needsRewards: true);
            return new LogTraining(command, file, choice, terminal).Execute(interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            terminal.Warn($"Interrupted. Nothing was written.");
            return ExitCode.Interrupted;
        }
    }

    private static LogTrainingCommand Command(ParseResult parsed)
    {
        var defaults = new TrpoFromLogOptions();
        var options = defaults with
        {
            Iterations = parsed.GetValue(Steps) ?? defaults.Iterations,
            Seed = parsed.GetValue(Seed) ?? DefaultSeed,
            TrustRegion = defaults.TrustRegion with { MaxKl = parsed.GetValue(Kl) ?? defaults.TrustRegion.MaxKl },
            RewardModel = parsed.GetValue(Model) == "network" ? RewardModel.Network() : RewardModel.Ridge(),
            Estimator = Enum.Parse<LearningEstimator>(parsed.GetValue(Estimator)!),
        };
        var folder = new RunFolder(parsed.GetValue(Out) ?? Path.Combine("runs", Path.GetFileNameWithoutExtension(Columns.Path(parsed))));
        return new LogTrainingCommand(folder, parsed.GetValue(Overwrite), parsed.GetValue(HoldOut) ?? 0.3, parsed.GetValue(VerdictLevel) ?? 0.95, Columns.Table(parsed), options);
    }

    private static void Refuse(LogTrainingCommand command)
    {
        var folder = command.Folder;
        if (folder.Exists)
            folder.Lock().Dispose();
        command.RefuseRun();
        folder.CheckOutputs(command.Overwrite);
    }
}
