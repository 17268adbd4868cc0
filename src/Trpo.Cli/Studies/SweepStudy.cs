using System.Text;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Estimators.Studies;
using Trpo.Onnx.Files;
using Trpo.Reports;
using Trpo.Reports.Comparisons;

namespace Trpo.Cli.Studies;

/// <summary>The trainings of a sweep, each in a folder of its own, from which a sweep that was killed goes on.</summary>
internal sealed class SweepStudy
{
    private readonly Sweep _sweep;
    private readonly string _folder;
    private readonly Dictionary<SweepTrial, StudyRun> _runs;
    private readonly int _totalSteps;
    private readonly Terminal _terminal;

    /// <param name="sweep">The sweep.</param>
    /// <param name="folder">The folder of the sweep, with a folder for each trial.</param>
    /// <param name="command">The command of a trial, whose options the trial's replace.</param>
    /// <param name="terminal">The terminal.</param>
    public SweepStudy(Sweep sweep, string folder, TrainingCommand command, Terminal terminal)
    {
        (_sweep, _folder, _totalSteps, _terminal) = (sweep, Path.GetFullPath(folder), command.Options.TotalSteps, terminal);
        _runs = sweep.Trials.ToDictionary(trial => trial, trial => new StudyRun(trial.Name, new RunFolder(Path.Combine(folder, trial.Name)), command with
        {
            Options = trial.Options with { NormalizeObservations = command.Options.NormalizeObservations || trial.Options.NormalizeObservations },
        }));
    }

    /// <summary>Trains the trials, and writes the comparison and the best settings.</summary>
    /// <param name="overwrite">True to replace trials that are in their folders.</param>
    /// <param name="parallel">The number of trials that are trained at once.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="CommandException">A folder holds a trial of another sweep.</exception>
    public int Execute(bool overwrite, int parallel)
    {
        if (!overwrite)
        {
            foreach (var run in _runs.Values)
                run.Check();
        }

        foreach (var run in _runs.Values)
            run.Claim(overwrite);
        var rungs = _sweep.Halving?.Rungs(_totalSteps) ?? [_totalSteps];
        _terminal.WriteLine($"{_runs.Count} trials{(rungs.Count > 1 ? FormattableString.Invariant($", compared after {string.Join(", ", rungs.Select(steps => FormattableString.Invariant($"{steps:N0}")))} steps") : "")}; the files go to {_folder}.");
        using var interruption = new Interruption(() => _terminal.Warn($"Stopping after this step; another Ctrl-C after a second ends at once. The same command goes on."));
        IReadOnlyList<SweepTrialResult> results;
        try
        {
            results = _sweep.Run(Train, _totalSteps, parallel, interruption.Token);
        }
        catch (OperationCanceledException) when (interruption.Token.IsCancellationRequested)
        {
            return ExitCode.Interrupted;
        }

        return Report(results);
    }

    private double Train(SweepTrial trial, int steps, CancellationToken cancel)
    {
        var run = _runs[trial];
        if (!IsTrained(run, steps))
        {
            var exitCode = StudyTraining.Run(run, _terminal, steps < _totalSteps ? steps : null, cancel);
            cancel.ThrowIfCancellationRequested();
            if (exitCode != ExitCode.Done)
                throw new CommandException(FormattableString.Invariant($"The training ended with the exit code {exitCode}."));
        }

        return RecordedRun.Load(run.Folder.Path).ReturnAt(steps);
    }

    // What was trained before a sweep was killed is not trained again. A training that made all of its steps may have been killed before its evaluation.
    private bool IsTrained(StudyRun run, int steps) => run.IsFinished || (steps < _totalSteps && File.Exists(run.Folder.Metrics) && RecordedRun.Load(run.Folder.Path).Steps >= steps);

    private int Report(IReadOnlyList<SweepTrialResult> results)
    {
        foreach (var (place, result) in results.Index())
        {
            var outcome = result.Failure is { } failure ? $"failed: {StudyTraining.MessageOf(failure)}" : FormattableString.Invariant($"return {result.Return:G6} after {result.Steps:N0} steps");
            _terminal.WriteLine($"{place + 1,3}. {result.Trial.Name}: {outcome} ({result.Trial})");
        }

        string[] recorded = [.. results.Select(result => _runs[result.Trial].Folder).Where(folder => File.Exists(folder.Metrics)).Select(folder => folder.Path)];
        if (recorded.Length > 0)
        {
            var page = Path.Combine(_folder, ComparisonReport.FileName);
            ComparisonReport.Save(RunComparison.Load(recorded), page);
            _terminal.WriteLine($"Wrote {page}");
        }

        if (results[0].Failure is not null)
            throw new CommandException("Every trial failed.");
        var best = Path.Combine(_folder, "best.json");
        AtomicFile.Write(best, Encoding.UTF8.GetBytes(Sweep.WriteSettings(results[0].Trial)));
        _terminal.WriteLine($"Wrote {best}, which --options reads. One seed is no proof: train it with --seeds 1..5, beside the defaults.");
        return results.Any(result => result.Failure is not null) ? ExitCode.UserError : ExitCode.Done;
    }
}
