using System.CommandLine;
using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;

namespace Trpo.Cli.Verbs;

/// <summary>The verb <c>trpo resume</c>.</summary>
internal static class ResumeVerb
{
    private static readonly Argument<string> Folder = Options.Path("folder", "The folder of the run, as given to --out.");
    private static readonly Option<int?> Steps = Options.Number("--steps", "Environment steps to train for in all; not fewer than before.", min: 1);

    private static readonly Option<FileInfo?> OptionsFile = new("--options") { Description = "A JSON file with settings to change: those of the length of the training, \"targetReturn\", \"threads\", \"health\" and the \"patience\" of \"evaluation\"; others are refused.", HelpName = "file" };

    private static readonly Option<double?> StepTimeout = Options.StepTimeout();
    private static readonly Option<int?> MaxRestarts = Options.MaxRestarts();

    /// <summary>Creates the command.</summary>
    public static Command Create()
    {
        var command = new Verb("resume", "Resumes a training that was interrupted or killed, from its latest checkpoint; or trains a finished one for longer.")
        {
            Examples =
            [
                ("trpo resume runs/1", "The result is that of a training that was never interrupted."),
                ("trpo resume runs/1 --steps 500000", "Trains for longer than was asked for at first."),
                ("trpo resume runs/1 --options health.json", "Resumes a training that diverged, with { \"health\": { \"maxRollbacks\": 3 } }."),
            ],
            Notes = "Environment, pipeline and settings are those of command.json in the folder. An assembly with environments must still be where it was. The files of the folder are replaced.",
        };
        command.Arguments.Add(Folder);
        command.Options.Add(Steps);
        command.Options.Add(OptionsFile);
        command.Options.Add(StepTimeout);
        command.Options.Add(MaxRestarts);
        command.SetAction(parsed => Terminal.Run(parsed, terminal => Execute(parsed, terminal)));
        return command;
    }

    private static int Execute(ParseResult parsed, Terminal terminal)
    {
        var folder = new RunFolder(parsed.GetValue(Folder)!);
        var command = TrainingCommandFile.Read(folder);
        command = command with
        {
            Stepping = command.Stepping with { StepTimeout = parsed.GetValue(StepTimeout) ?? command.Stepping.StepTimeout, MaxRestarts = parsed.GetValue(MaxRestarts) ?? command.Stepping.MaxRestarts },
        };
        var before = command.Options.TotalSteps;
        command = command with { Options = TrainingSettings.Read(command.Options, parsed.GetValue(OptionsFile)?.FullName, parsed.GetValue(Steps), seed: null) };
        if (command.Options.TotalSteps < before)
            throw new CommandException(FormattableString.Invariant($"The run in {folder.Path} is one of {before:N0} steps: it can be made longer (--steps, or totalSteps in the file), but not as short as {command.Options.TotalSteps:N0}."));
        if (!folder.HasCheckpoint && File.Exists(folder.Model))
            throw new CommandException($"There is no checkpoint in {folder.Checkpoints}, so training would start from the beginning and replace {folder.Model}. Start it again in another folder (trpo train --out), or in this one (--overwrite).");
        var ml = new MLContext(command.Options.Seed);
        using var table = new TableMessages(ml, terminal);
        var start = command.HasStart ? StartingPolicy.Read(ml, folder.Start) : null;
        if (start is not null)
            command = command with { Options = command.Options with { InitialPolicy = start.Policy } };
        var environment = command.Environment.Load(ml, command.Environments, command.Stepping, command.Options.Columns.Observation);
        folder.CheckOutputs(setAside: false);
        TrainingProbe.Run(ml, environment, command.Options);
        terminal.WriteLine($"Resuming in {environment.Name} to {command.Options.TotalSteps:N0} steps; the files are in {folder.Path}.");
        if (!folder.HasCheckpoint)
            terminal.Warn($"There is no checkpoint in {folder.Checkpoints} yet: training starts from the beginning.");
        var run = TrainingRun.Prepare(folder, command, ml, environment, terminal, start);
        using var interruption = run.HandleInterruption();
        using var folderLock = folder.Lock();
        return run.Execute(folderLock, resume: true, interruption.Token);
    }
}
