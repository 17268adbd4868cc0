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

/// <summary><c>trpo evaluate</c>.</summary>
internal static class EvaluateVerb
{
    private const int DefaultEpisodes = 100;

    private static readonly Argument<string> Model = Options.Path("model", "A model.zip, a policy.onnx, or the folder of a run.");
    private static readonly Option<string?> Environment = Options.Environment();
    private static readonly Option<string?> Assembly = Options.Assembly();
    private static readonly Option<int?> MaxEpisodeSteps = Options.MaxEpisodeSteps();
    private static readonly Option<int?> Episodes = Options.Number("--episodes", "Episodes to play; 100 by default.", least: 1);
    private static readonly Option<int?> Seed = Options.Number("--seed", "Where the episodes' seeds come from; 0 by default.", least: 0);
    private static readonly Option<int?> Threads = Options.Number("--threads", "Threads that step the environments; 1 by default.", least: 1);
    private static readonly Option<bool> Sample = new("--sample") { Description = "Draw the actions with the policy's probabilities, instead of the best of them." };
    private static readonly Option<string?> Json = Options.File("--json", "Write the numbers, and every episode, to a file.");

    public static Command Create()
    {
        var command = new Verb("evaluate", "Plays episodes with a trained policy, and says what it reaches: the mean return, how far episodes are apart, and how sure the mean is.")
        {
            Examples =
            [
                ("trpo evaluate runs/1", "The policy of a run, in the environment that it was trained in."),
                ("trpo evaluate model.zip --environment cartpole --episodes 20 --json result.json", "Any model; the numbers also as JSON."),
            ],
            Notes = "The same seed plays the same episodes, in any number of threads. A policy.onnx can be evaluated where it takes one vector of numbers; one that takes several columns is played from its model.zip.",
        };
        command.Arguments.Add(Model);
        foreach (var option in new Option[] { Environment, Assembly, MaxEpisodeSteps, Episodes, Seed, Threads, Sample, Json })
            command.Options.Add(option);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var saved = SavedPolicy.At(parsed.GetValue(Model)!);
        var choice = Chosen(parsed, saved);
        var (episodes, seed) = (parsed.GetValue(Episodes) ?? DefaultEpisodes, parsed.GetValue(Seed) ?? 0);
        var ml = new MLContext(seed);
        var model = saved.Load(ml);
        using var owned = model as IDisposable;
        var environment = choice.Load(ml, Math.Min(episodes, 8), parsed.GetValue(Threads) ?? 1, ModelColumns.Observation(model));
        using var interruption = new Interruption(() => terminal.Warn($"Stopping."));
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
            terminal.Say($"Wrote {Path.GetFullPath(json)}");
        }

        return ExitCode.Done;
    }

    private static EnvironmentChoice Chosen(ParseResult parsed, SavedPolicy saved)
    {
        var (name, assembly, limit) = (parsed.GetValue(Environment), parsed.GetValue(Assembly), parsed.GetValue(MaxEpisodeSteps));
        if (name is not null || assembly is not null)
            return Options.Choice(name, assembly, limit);
        if (saved.TrainedIn() is not { } environment)
            throw new CommandException($"Name the environment to play in: --environment, or --assembly. Only the folder of a run knows it by itself.");
        return environment with { MaxEpisodeSteps = limit ?? environment.MaxEpisodeSteps };
    }

    private static void Report(PolicyEvaluation evaluation, EnvironmentDataView environment, Terminal terminal)
    {
        terminal.Say($"{environment.Name}: {evaluation}");
        terminal.Say($"  returns {evaluation.MinReturn:0.###} to {evaluation.MaxReturn:0.###}, median {evaluation.MedianReturn:0.###}");
        terminal.Say($"  episodes of {evaluation.MeanLength:0.#} ± {evaluation.LengthStandardDeviation:0.#} steps; {evaluation.TerminatedEpisodes} ended, {evaluation.TruncatedEpisodes} were cut off");
    }
}
