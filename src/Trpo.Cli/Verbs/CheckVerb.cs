using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Estimators;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo check</c>.</summary>
internal static class CheckVerb
{
    private static readonly Option<string?> Environment = Options.Environment();
    private static readonly Option<string?> Assembly = Options.Assembly();
    private static readonly Option<int?> MaxEpisodeSteps = Options.MaxEpisodeSteps();
    private static readonly Option<int?> Steps = Options.Number("--steps", "Steps of a random policy; 10000 by default.", min: 1);
    private static readonly Option<int?> Seed = Options.Number("--seed", "The seed of the episodes and actions; 0 by default.", min: 0);

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("check", "Checks an environment before training: reports breaches of the contract, and properties that make learning hard or slow.")
        {
            Examples = [("trpo check --assembly bin/Release/net10.0/Robots.dll --environment Arm", "The exit code is 1 if there is an error; warnings alone give 0.")],
            Notes = "The check acts at random, at the bounds, with equal and different seeds, and in two instances at once. It then saves and exports an untrained policy, as training will do at its end. No file is left.",
        };
        foreach (var option in new Option[] { Environment, Assembly, MaxEpisodeSteps, Steps, Seed })
            command.Options.Add(option);
        Options.RequireEnvironment(command, Environment, Assembly);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var choice = Options.Choice(parsed.GetValue(Environment), parsed.GetValue(Assembly), parsed.GetValue(MaxEpisodeSteps));
        var factory = choice.Factory();
        using var interruption = new Interruption(() => terminal.Warn($"Stopping."));
        try
        {
            var report = new MLContext().ReinforcementLearning.CheckEnvironment(factory, parsed.GetValue(Steps) ?? 10_000, seed: parsed.GetValue(Seed) ?? 0, cancellation: interruption.Token);
            terminal.WriteLine($"{report}");
            if (report.HasErrors)
                return ExitCode.UserError;
            Probe(choice, interruption.Token);
            return ExitCode.Done;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }

    // With the settings of `trpo train` without options.
    private static void Probe(EnvironmentChoice choice, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var ml = new MLContext();
        TrainingProbe.Run(ml, choice.Load(ml, count: 1, new SteppingChoice()), TrainingSettings.Presets.Values.First());
    }
}
