using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Evaluation;
using Trpo.Onnx;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo evaluate</c>.</summary>
internal static class EvaluateVerb
{
    private const int DefaultEpisodes = 100;

    private static readonly Argument<string> Model = Options.Path("model", "A model.zip, a policy.onnx, or the folder of a run.");
    private static readonly Option<string?> Environment = Options.Environment();
    private static readonly Option<string?> Assembly = Options.Assembly();
    private static readonly Option<int?> MaxEpisodeSteps = Options.MaxEpisodeSteps();
    private static readonly Option<int?> Episodes = Options.Number("--episodes", "Episodes to play; 100 by default.", min: 1);
    private static readonly Option<int?> Seed = Options.Number("--seed", "The seed from which the episodes' seeds are derived; 0 by default.", min: 0);
    private static readonly Option<int?> Threads = Options.Threads();
    private static readonly Option<double?> StepTimeout = Options.StepTimeout();
    private static readonly Option<int?> MaxRestarts = Options.MaxRestarts();
    private static readonly Option<bool> Sample = new("--sample") { Description = "Sample the actions from the policy's distribution, instead of taking the most probable ones." };
    private static readonly Option<string?> Json = Options.File("--json", "Write the statistics and every episode to a JSON file.");

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("evaluate", "Plays episodes with a trained policy, and prints the mean return, its confidence interval, and the spread of the episodes.")
        {
            Examples =
            [
                ("trpo evaluate runs/1", "The policy of a run, in the environment of its training."),
                ("trpo evaluate model.zip --environment cartpole --episodes 20 --json result.json", "Any model; the statistics also as JSON."),
            ],
            Notes = "The same seed plays the same episodes, with any number of threads. A policy.onnx can be evaluated if it takes one vector of numbers; evaluate a policy of several columns from its model.zip.",
        };
        command.Arguments.Add(Model);
        foreach (var option in new Option[] { Environment, Assembly, MaxEpisodeSteps, Episodes, Seed, Threads, StepTimeout, MaxRestarts, Sample, Json })
            command.Options.Add(option);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var saved = SavedPolicy.At(parsed.GetValue(Model)!);
        var choice = Chosen(parsed, saved);
        var (episodes, seed) = (parsed.GetValue(Episodes) ?? DefaultEpisodes, parsed.GetValue(Seed) ?? 0);
        if (parsed.GetValue(Json) is { } target)
            OutputPath.CheckFile(target);
        var ml = new MLContext(seed);
        var model = saved.Load(ml);
        using var owned = model as IDisposable;
        var environment = choice.Load(ml, Math.Min(episodes, 8), new SteppingChoice(parsed.GetValue(Threads) ?? 1, parsed.GetValue(StepTimeout), parsed.GetValue(MaxRestarts) ?? 0), ModelColumns.Observation(model));
        using var interruption = new Interruption(() => terminal.Warn($"Stopping."));
        using var warnings = new LoggedWarnings(ml, terminal);
        PolicyEvaluation evaluation;
        try
        {
            evaluation = ml.ReinforcementLearning.Evaluate(model, environment, episodes, seed, parsed.GetValue(Sample) ? ActionSelection.Sample(seed) : null, cancellation: interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException)
        {
            throw new CommandException($"{saved.Path} cannot act in {environment.Name}: {(exception is ArgumentException argument ? ErrorMessage.Of(argument) : exception.Message)}", exception);
        }

        Report(evaluation, environment, terminal);
        if (parsed.GetValue(Json) is { } json)
        {
            EvaluationFile.Write(json, environment.Name, evaluation);
            terminal.WriteLine($"Wrote {Path.GetFullPath(json)}");
        }

        return ExitCode.Done;
    }

    private static EnvironmentChoice Chosen(ParseResult parsed, SavedPolicy saved)
    {
        var (name, assembly, limit) = (parsed.GetValue(Environment), parsed.GetValue(Assembly), parsed.GetValue(MaxEpisodeSteps));
        if (name is not null || assembly is not null)
            return Options.Choice(name, assembly, limit);
        if (saved.TrainedIn() is not { } environment)
            throw new CommandException($"Name the environment to play in: --environment, or --assembly. Only the folder of a run records it.");
        return environment with { MaxEpisodeSteps = limit ?? environment.MaxEpisodeSteps };
    }

    private static void Report(PolicyEvaluation evaluation, EnvironmentDataView environment, Terminal terminal)
    {
        terminal.WriteLine($"{environment.Name}: {evaluation}");
        terminal.WriteLine($"  returns {evaluation.MinReturn:G6} to {evaluation.MaxReturn:G6}, median {evaluation.MedianReturn:G6}");
        terminal.WriteLine($"  episodes of {evaluation.MeanLength:0.#} ± {evaluation.LengthStandardDeviation:0.#} steps; {evaluation.TerminatedEpisodes} ended, {evaluation.TruncatedEpisodes} were cut off");
    }
}
