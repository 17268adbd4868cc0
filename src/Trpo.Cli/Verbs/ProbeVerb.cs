using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Estimators;
using Trpo.Estimators.Probing;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo probe</c>.</summary>
internal static class ProbeVerb
{
    private static readonly Option<string> Preset = Options.OneOf("--preset", [.. TrainingSettings.Presets.Keys], "The settings to begin with, as those of `trpo train`.");
    private static readonly Option<FileInfo?> OptionsFile = new("--options") { Description = "A JSON file of settings that replace those of the preset, as that of `trpo train`.", HelpName = "file" };
    private static readonly Option<int?> Seed = Options.Number("--seed", "The seed of all randomness; 0 by default.", min: 0);
    private static readonly Option<int?> Length = Options.Number("--observation-length", "Values of an observation; 4 by default.", min: 4, max: 1_000_000);
    private static readonly Option<string> Actions = Options.OneOf("--actions", ["automatic", "discrete", "box"], "The kinds of actions; automatic (the default) means both.");

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("probe", "Trains in five tasks whose answers are known, and says whether settings, this machine and this tool find them.")
        {
            Examples =
            [
                ("trpo probe --preset plain", "Takes some seconds; the exit code is 1 if a probe fails."),
                ("trpo probe --options options.json --actions box", "With settings of your own, such as { \"hiddenLayers\": [256, 256] }, and continuous actions alone."),
            ],
            Notes = "The tasks: a constant value, a value of the observation, discounting, an action, an action of the observation. Gradients, curvatures and updates are measured on the way. Networks, distributions, baselines and optimizers of your own are probed in code, by ml.ReinforcementLearning.Probe(options). No file is written.",
        };
        foreach (var option in new Option[] { Preset, OptionsFile, Seed, Length, Actions })
            command.Options.Add(option);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var options = TrainingSettings.Read(TrainingSettings.Presets[parsed.GetValue(Preset)!], parsed.GetValue(OptionsFile)?.FullName, steps: null, seed: null);
        using var interruption = new Interruption(() => terminal.Warn($"Stopping."));
        try
        {
            var report = new MLContext().ReinforcementLearning.Probe(options, new ProbeOptions
            {
                Seed = parsed.GetValue(Seed) ?? 0,
                ObservationLength = parsed.GetValue(Length) ?? 4,
                Actions = Enum.Parse<ProbedActions>(parsed.GetValue(Actions)!, ignoreCase: true),
                Cancellation = interruption.Token,
            });
            terminal.WriteLine($"{report}");
            return report.Passed ? ExitCode.Done : ExitCode.UserError;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
