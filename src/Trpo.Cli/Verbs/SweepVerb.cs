using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Cli.Studies;
using Trpo.Estimators.Studies;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo sweep</c>.</summary>
internal static class SweepVerb
{
    private static readonly Argument<string> SweepFile = Options.Path("file", "The JSON file of the sweep.");
    private static readonly Option<string?> Environment = Options.Environment();
    private static readonly Option<string?> Assembly = Options.Assembly();
    private static readonly Option<int?> MaxEpisodeSteps = Options.MaxEpisodeSteps();
    private static readonly Option<string?> Out = Options.Folder("--out", "The folder of the sweep; runs/ and the name of the file by default.");
    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace the trials that are in the folder; they are moved to replaced/ in theirs." };
    private static readonly Option<int?> Steps = Options.Number("--steps", "Environment steps of a training to its end; 100000 by default.", min: 1);
    private static readonly Option<int?> Seed = Options.Number("--seed", "The seed of every training; 1 by default.", min: 0);
    private static readonly Option<int?> Count = Options.Number("--environments", "Number of environments of a training; 8 by default.", min: 1, max: TrainingCommand.MaxEnvironments);
    private static readonly Option<string> Preset = Options.Preset();
    private static readonly Option<FileInfo?> OptionsFile = new("--options") { Description = "A JSON file of settings that all trials have.", HelpName = "file" };
    private static readonly Option<string> Normalize = Options.Normalize();
    private static readonly Option<int?> Episodes = Options.Number("--episodes", "Episodes of the evaluation of the trials that are trained to their end; 100 by default, 0 for none.", min: 0);
    private static readonly Option<int?> Parallel = Options.Parallel();

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("sweep", "Searches for settings: trains a grid of them, or random ones, by successive halving if asked for, and ranks them by their training returns.")
        {
            Examples =
            [
                ("trpo sweep sweep.json --environment pendulum --steps 50000", "Trains the trials of sweep.json; the files are in runs/sweep."),
                ("trpo train --environment pendulum --options runs/sweep/best.json --seeds 1..5", "Trains the best settings with other seeds."),
            ],
            Notes = """
                The file: { "settings": { "discount": [0.9, 0.97], "trustRegion.maxKl": { "min": 0.005, "max": 0.1, "log": true } }, "trials": 9, "seed": 1, "halving": { "firstSteps": 5000, "keep": 0.34 } }. With "trials", so many are drawn at random; without, the grid of all lists, and of all ranges with a "count".
                A sweep that was stopped or killed goes on with the same command: what was trained is not trained again.
                """,
        };
        command.Arguments.Add(SweepFile);
        foreach (var option in new Option[] { Environment, Assembly, MaxEpisodeSteps, Out, Overwrite, Steps, Seed, Count, Preset, OptionsFile, Normalize, Episodes, Parallel })
            command.Options.Add(option);
        Options.RequireEnvironment(command, Environment, Assembly);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var file = parsed.GetValue(SweepFile)!;
        var choice = Options.Choice(parsed.GetValue(Environment), parsed.GetValue(Assembly), parsed.GetValue(MaxEpisodeSteps));
        var options = TrainingSettings.Read(TrainingSettings.Presets[parsed.GetValue(Preset)!], parsed.GetValue(OptionsFile)?.FullName, parsed.GetValue(Steps), parsed.GetValue(Seed));
        var parallel = parsed.GetValue(Parallel) ?? System.Environment.ProcessorCount;
        options = options with { Threads = options.Threads ?? (parallel > 1 ? 1 : null) };
        var ml = new MLContext(options.Seed);
        using var table = new TableMessages(ml, terminal);
        var environment = choice.Load(ml, parsed.GetValue(Count) ?? 8, new SteppingChoice(), options.Columns.Observation);
        var normalization = PolicyPipeline.Choose(parsed.GetValue(Normalize)!, ml, environment, options, out _);
        options = options with { NormalizeObservations = normalization == Normalization.Running };
        var sweep = Read(file, options);
        var probe = sweep.Trials[0];
        TrainingProbe.Run(ml, environment, probe.Options);
        var command = new TrainingCommand
        {
            Environment = choice,
            Environments = parsed.GetValue(Count) ?? 8,
            Stepping = new SteppingChoice(),
            Normalization = normalization,
            Episodes = parsed.GetValue(Episodes) ?? 100,
            CheckpointInterval = 60,
            Options = options,
        };
        return new SweepStudy(sweep, parsed.GetValue(Out) ?? Path.Combine("runs", Path.GetFileNameWithoutExtension(file)), command, terminal).Execute(parsed.GetValue(Overwrite), parallel);
    }

    private static Sweep Read(string file, Trpo.Estimators.TrpoOptions options)
    {
        try
        {
            return Sweep.Read(InputFile.ReadText(file), options);
        }
        catch (InvalidDataException exception)
        {
            throw new CommandException($"{file}: {exception.Message}", exception);
        }
    }
}
