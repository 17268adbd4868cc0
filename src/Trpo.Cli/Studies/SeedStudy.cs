using System.Globalization;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Estimators.Studies;
using Trpo.Reports;
using Trpo.Reports.Comparisons;

namespace Trpo.Cli.Studies;

/// <summary>Trainings of one command with several seeds.</summary>
internal static class SeedStudy
{
    /// <summary>Returns the runs.</summary>
    /// <param name="folder">The folder of the study, with a folder for each seed.</param>
    /// <param name="command">The command; its seed is replaced.</param>
    /// <param name="seeds">The seeds.</param>
    public static IReadOnlyList<StudyRun> Runs(string folder, TrainingCommand command, IReadOnlyList<int> seeds) => [.. seeds.Select(seed =>
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"seed-{seed}");
        return new StudyRun(name, new RunFolder(Path.Combine(folder, name)), command with { Options = command.Options with { Seed = seed } });
    })];

    /// <summary>Trains the runs that are not finished, compares all, and writes the comparison.</summary>
    /// <param name="folder">The folder of the study.</param>
    /// <param name="runs">The runs.</param>
    /// <param name="overwrite">True to replace runs that are in their folders.</param>
    /// <param name="parallel">The number of runs that are trained at once.</param>
    /// <param name="terminal">The terminal.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">A folder holds a run of another command.</exception>
    public static int Execute(string folder, IReadOnlyList<StudyRun> runs, bool overwrite, int parallel, Terminal terminal)
    {
        if (!overwrite)
        {
            foreach (var run in runs)
                run.Check();
        }

        foreach (var run in runs)
            run.Claim(overwrite);
        foreach (var run in runs.Where(run => run.IsFinished))
            terminal.WriteLine($"{run.Name}: finished before.");
        StudyRun[] left = [.. runs.Where(run => !run.IsFinished)];
        using var interruption = new Interruption(() => terminal.Warn($"Stopping after this step; another Ctrl-C after a second ends at once. The same command goes on."));
        var outcomes = StudyRunner.Run(left, (run, cancel) => StudyTraining.Run(run, terminal, pauseAt: null, cancel), parallel, interruption.Token);
        foreach (var (run, outcome) in left.Zip(outcomes).Where(pair => pair.Second.Failure is not null))
            terminal.Warn($"{run.Name} failed: {StudyTraining.MessageOf(outcome.Failure!)}");
        Compare(folder, runs, terminal);
        return interruption.Token.IsCancellationRequested ? ExitCode.Interrupted : outcomes.Any(outcome => outcome.Failure is not null) ? ExitCode.UserError : ExitCode.Done;
    }

    private static void Compare(string folder, IReadOnlyList<StudyRun> runs, Terminal terminal)
    {
        string[] recorded = [.. runs.Where(run => File.Exists(run.Folder.Metrics)).Select(run => run.Folder.Path)];
        if (recorded.Length > 0)
            ComparisonText.Write(RunComparison.Load(recorded), Path.Combine(Path.GetFullPath(folder), ComparisonReport.FileName), terminal);
    }
}
