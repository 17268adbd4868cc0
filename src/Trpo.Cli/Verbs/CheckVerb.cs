using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Estimators;

namespace Trpo.Cli.Verbs;

/// <summary><c>trpo check</c>.</summary>
internal static class CheckVerb
{
    private static readonly Option<string?> Environment = Options.Environment();
    private static readonly Option<string?> Assembly = Options.Assembly();
    private static readonly Option<int?> MaxEpisodeSteps = Options.MaxEpisodeSteps();
    private static readonly Option<int?> Steps = Options.Number("--steps", "Steps of a random policy; 10000 by default.", least: 1);
    private static readonly Option<int?> Seed = Options.Number("--seed", "Where seeds and actions come from; 0 by default.", least: 0);

    public static Command Create()
    {
        var command = new Verb("check", "Looks for what is wrong with an environment before training does: what breaks the contract, and what makes learning hard or slow.")
        {
            Examples = [("trpo check --assembly bin/Release/net10.0/Robots.dll --environment Arm", "Exit code 1 where there is an error; warnings alone give 0.")],
            Notes = "It acts at random, at the bounds, under the same and other seeds, and in two instances at once. No file is written.",
        };
        foreach (var option in new Option[] { Environment, Assembly, MaxEpisodeSteps, Steps, Seed })
            command.Options.Add(option);
        Options.RequireEnvironment(command, Environment, Assembly);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var factory = Options.Choice(parsed.GetValue(Environment), parsed.GetValue(Assembly), parsed.GetValue(MaxEpisodeSteps)).Factory();
        using var interruption = new Interruption(() => terminal.Warn($"Stopping."));
        try
        {
            var report = new MLContext().ReinforcementLearning.CheckEnvironment(factory, parsed.GetValue(Steps) ?? 10_000, seed: parsed.GetValue(Seed) ?? 0, cancellation: interruption.Token);
            terminal.Say($"{report}");
            return report.HasErrors ? ExitCode.Mendable : ExitCode.Done;
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
    }
}
