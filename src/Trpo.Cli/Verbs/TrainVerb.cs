using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Cli.Studies;
using Trpo.Estimators;
using Trpo.Estimators.Environments.DataViews;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo train</c>.</summary>
internal static class TrainVerb
{
    private static readonly Option<string?> Environment = Options.Environment();
    private static readonly Option<string?> Assembly = Options.Assembly();
    private static readonly Option<int?> MaxEpisodeSteps = Options.MaxEpisodeSteps();
    private static readonly Option<string?> Out = Options.Folder("--out", "The folder of the run; runs/ and the environment's name by default.");
    private static readonly Option<bool> Overwrite = new("--overwrite") { Description = "Replace the run that is in the folder; it is moved to replaced/ there." };
    private static readonly Option<int?> Steps = Options.Number("--steps", "Environment steps to train for, over all environments; 100000 by default.", min: 1);
    private static readonly Option<int?> FinalSteps = Options.Number("--final-steps-per-iteration", "Environment steps of the last iterations, about: iterations grow to that length from 512, or from the \"stepsPerIteration\" of --options; with no more than that, all have one length, as those of the preset sample-efficient have. Long ones end well, short ones learn soonest.", min: 2, max: 10_000_000);
    private static readonly Option<int?> Seed = Options.Number("--seed", "The seed of all randomness: the same seed gives the same policy. 1 by default.", min: 0);
    private static readonly Option<string?> Seeds = new("--seeds") { Description = "Several seeds, such as 1..5 or 1,3,8: a run for each, in folders seed-1, ..., of --out, and their comparison in comparison.html. The same command goes on where it was stopped.", HelpName = "list" };
    private static readonly Option<int?> Parallel = Options.Parallel();
    private static readonly Option<int?> Count = Options.Number("--environments", "Number of environments; 8 by default.", min: 1, max: TrainingCommand.MaxEnvironments);
    private static readonly Option<int?> Threads = Options.Threads(" More threads pay if a step takes more than some microseconds; the policy does not depend on their number.");
    private static readonly Option<int?> Shards = Options.Number("--shards", "Parts that each iteration is divided among, which are computed by as many processors; at most one for each environment. The policy depends on their number. By default 1 for iterations below 8,192 steps, and as many as longer ones make worthwhile, the same on every machine; a training that is resumed keeps its number. A multiple of it suits --threads.", min: 1, max: 1_024);
    private static readonly Option<double?> StepTimeout = Options.StepTimeout();
    private static readonly Option<int?> MaxRestarts = Options.MaxRestarts();
    private static readonly Option<string> Preset = Options.Preset();
    private static readonly Option<FileInfo?> OptionsFile = new("--options") { Description = "A JSON file of settings that replace those of the preset: { \"discount\": 0.97 }. Other options of the command line replace them in turn.", HelpName = "file" };
    private static readonly Option<string> Normalize = Options.Normalize();
    private static readonly Option<double?> CheckpointInterval = Options.Seconds("--checkpoint-interval", "Seconds between two checkpoints, the most that a killed process loses; 60 by default.");
    private static readonly Option<int?> Episodes = Options.Number("--episodes", "Episodes of the evaluation after training; 100 by default, 0 for none.", min: 0);

    private static readonly Option<string?> From = Options.Folder("--from", "A trained policy to begin with, such as one of an earlier simulator: the folder of a run, its model.zip, the ONNX file of a policy without transforms, or a checkpoint (with its value function). Layers and scaling are those of the policy; the schedule is new.");
    private static readonly Option<bool> DryRun = new("--dry-run") { Description = "Check everything, print the sizes of the training and its memory, and train nothing: the environment makes no step, and no file is written." };

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("train", "Trains a policy in an environment, and fills a folder: with the policy, the metrics of every iteration, and a report.")
        {
            Examples =
            [
                ("trpo train --environment cartpole --steps 50000", "Trains for a few seconds; the files are in runs/cartpole."),
                ("trpo train --environment pendulum --options options.json --seed 2 --out runs/2", "With settings of your own, such as { \"discount\": 0.95, \"trustRegion\": { \"damping\": 0.01 } }."),
                ("trpo train --environment cartpole --steps 50000 --seeds 1..5 --out runs/five", "With five seeds, as many side by side as there are processors; runs/five/comparison.html has their mean and its interval."),
                ("trpo train --environment pendulum --steps 1000000 --dry-run", "Prints the number of updates, their lengths, the networks and the memory, and trains nothing."),
                ("trpo train --environment pendulum --from runs/pendulum --steps 20000 --out runs/3", "Begins with the policy of an earlier run."),
                ("trpo train --assembly bin/Release/net10.0/Robots.dll --environment Arm --threads 4", "In an environment of your own."),
            ],
            Notes = """
                The command line takes precedence over the options file, and the file over the preset. The settings that differ from the library's defaults are printed at the start.
                Files: model.zip (pipeline and policy, for ML.NET), policy.onnx (both as one graph), command.json (what `trpo resume` needs), run.json, metrics.csv, TensorBoard events, checkpoints/, report.html and plots/.
                Ctrl-C stops the training, saves the policy, and prints how to resume; another one after a second ends at once.
                """,
        };
        foreach (var option in new Option[] { Environment, Assembly, Out, Overwrite, Steps, FinalSteps, Seed, Seeds, Parallel, Count, Threads, Shards, StepTimeout, MaxRestarts, MaxEpisodeSteps, Preset, OptionsFile, Normalize, CheckpointInterval, Episodes, From, DryRun })
            command.Options.Add(option);
        Options.RequireEnvironment(command, Environment, Assembly);
        command.Validators.Add(result =>
        {
            var list = result.GetValue(Seeds);
            if (list is not null && !SeedList.TryParse(list, out _))
                result.AddError($"--seeds must be a list of at most {SeedList.MaxCount} seeds from 0, such as 1..5 or 1,3,8, not '{list}'.");
            if (list is not null && result.GetValue(Seed) is not null)
                result.AddError("Name the seeds by --seeds or by --seed, not by both.");
            if (list is not null && result.GetValue(From) is not null)
                result.AddError("--seeds begins each training anew: with --from, train once for each --seed.");
            if (list is null && result.GetValue(Parallel) is not null)
                result.AddError("--parallel is the number of trainings of --seeds that run at once.");
        });
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var choice = Options.Choice(parsed.GetValue(Environment), parsed.GetValue(Assembly), parsed.GetValue(MaxEpisodeSteps));
        var options = TrainingSettings.Read(TrainingSettings.Presets[parsed.GetValue(Preset)!], parsed.GetValue(OptionsFile)?.FullName, parsed.GetValue(Steps), parsed.GetValue(Seed), parsed.GetValue(FinalSteps), parsed.GetValue(Shards));
        var ml = new MLContext(options.Seed);
        var start = parsed.GetValue(From) is { } from ? StartingPolicy.Read(ml, from) : null;
        options = start?.Policy.Adapt(options) ?? options;
        using var table = new TableMessages(ml, terminal);
        var count = parsed.GetValue(Count) ?? 8;
        var stepping = new SteppingChoice(parsed.GetValue(Threads) ?? 1, parsed.GetValue(StepTimeout), parsed.GetValue(MaxRestarts) ?? 0);
        var environment = choice.Load(ml, count, stepping, options.Columns.Observation);
        var folder = new RunFolder(parsed.GetValue(Out) ?? Path.Combine("runs", FileName(environment.Name)));
        var isStudy = parsed.GetValue(Seeds) is not null;
        Refuse(folder, parsed.GetValue(Overwrite), parsed.GetValue(Normalize)!, options);
        if (start?.Scaling is not null && parsed.GetValue(Normalize) != "auto")
            throw new CommandException("With --from, observations are scaled as the policy is used to: leave --normalize out.");
        TrainingProbe.Run(ml, environment, options);
        if (parsed.GetValue(DryRun))
            return Describe(ml, environment, folder, parsed.GetValue(Normalize)!, options, terminal);
        var why = "as the policy of --from is used to";
        var normalization = start?.Scaling ?? PolicyPipeline.Choose(parsed.GetValue(Normalize)!, ml, environment, options, out why);
        var command = new TrainingCommand
        {
            Environment = choice,
            Environments = count,
            Stepping = stepping,
            Normalization = normalization,
            Episodes = parsed.GetValue(Episodes) ?? 100,
            CheckpointInterval = parsed.GetValue(CheckpointInterval) ?? 60,
            HasStart = start is not null,
            Options = options with { NormalizeObservations = normalization == Normalization.Running },
        };
        if (isStudy)
            return TrainSeeds(parsed, folder, command, terminal);
        var run = TrainingRun.Prepare(folder, command, ml, environment, terminal, start);
        using var interruption = run.HandleInterruption();
        using var folderLock = folder.Lock();
        var replaced = Replace(folder, parsed.GetValue(Overwrite));
        try
        {
            if (replaced is not null)
                terminal.WriteLine($"The earlier run of the folder was moved to {replaced}.");
            start?.CopyTo(folder);
            TrainingCommandFile.Write(folder.Command, command);
            if (start is not null)
                terminal.WriteLine($"Training begins with the policy in {start.Policy.Source}.");
            terminal.WriteLine($"Training in {environment.Name} for {options.TotalSteps:N0} steps; the files go to {folder.Path}.");
            terminal.WriteLine($"Observations are scaled by {normalization}: {why}.");
            terminal.WriteLine($"Settings that differ from the defaults: {string.Join("; ", ChangedSettings.Of(command.Options))}.");
            return run.Execute(folderLock, resume: false, interruption.Token);
        }
        catch
        {
            // A training that did not complete an iteration leaves the folder as it found it.
            if (folder.TryRemoveUnstarted() && replaced is not null)
                folder.PutBack(replaced);
            throw;
        }
    }

    private static int TrainSeeds(ParseResult parsed, RunFolder folder, TrainingCommand command, Terminal terminal)
    {
        var seeds = SeedList.Parse(parsed.GetValue(Seeds)!);
        var parallel = Math.Min(parsed.GetValue(Parallel) ?? System.Environment.ProcessorCount, seeds.Count);

        // Trainings side by side keep the processors busy by themselves; results do not depend on threads.
        var each = command with { Options = command.Options with { Threads = command.Options.Threads ?? (parallel > 1 ? 1 : null) } };
        terminal.WriteLine($"Training with {seeds.Count} seeds for {command.Options.TotalSteps:N0} steps each, {parallel} at once; the files go to {folder.Path}.");
        return SeedStudy.Execute(folder.Path, SeedStudy.Runs(folder.Path, each, seeds), parsed.GetValue(Overwrite), parallel, terminal);
    }

    private static int Describe(MLContext ml, EnvironmentDataView environment, RunFolder folder, string normalize, TrpoOptions options, Terminal terminal)
    {
        // Without a step, it is open whether "auto" becomes the running normalization, which takes the most memory.
        var settings = options with { NormalizeObservations = normalize is "running" or "auto", Checkpoints = new() { Folder = folder.Checkpoints } };
        terminal.WriteLine($"{TrainingProbe.Describe(ml, environment, settings)}");
        terminal.WriteLine($"Settings that differ from the defaults: {string.Join("; ", ChangedSettings.Of(options))}.");
        terminal.WriteLine($"Nothing was trained, because of --dry-run. The files would go to {folder.Path}.");
        return ExitCode.Done;
    }

    // Whatever the command line decides is decided before the environment makes a step.
    private static void Refuse(RunFolder folder, bool overwrite, string normalize, TrpoOptions options)
    {
        if (options.ActionMask && normalize == "table")
            throw new CommandException("The observation ends with a mask, which no table may scale: use --normalize running, or off.");
        if (folder.Exists)
            folder.Lock().Dispose();
        if (!overwrite)
            RefuseRun(folder);
        folder.CheckOutputs(overwrite);
    }

    private static void RefuseRun(RunFolder folder)
    {
        if (folder.HasRun)
            throw new CommandException($"There is a run in {folder.Path}, or files with the names of one. Resume it (trpo resume {folder.Given}), name another folder (--out), or replace it (--overwrite).");
    }

    // Returns the folder that holds the replaced run; null if there was none.
    private static string? Replace(RunFolder folder, bool overwrite)
    {
        if (!folder.HasRun)
            return null;
        if (!overwrite)
            RefuseRun(folder);
        return folder.SetAside();
    }

    // The name of an environment may contain any character.
    private static string FileName(string name) => string.Concat(name.Select(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' ? char.ToLowerInvariant(character) : '-'));
}
