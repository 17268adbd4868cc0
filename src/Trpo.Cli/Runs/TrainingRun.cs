using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Display;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Foundation;
using Trpo.Onnx;
using Trpo.Reports;
using Trpo.Reports.Descriptions;
using Trpo.Reports.Verdicts;

namespace Trpo.Cli.Runs;

/// <summary>A training by a command, with the files of its run.</summary>
internal sealed class TrainingRun
{
    private RunFolder _folder;
    private readonly TrainingCommand _command;
    private readonly MLContext _ml;
    private readonly EnvironmentDataView _environment;
    private readonly TransformerChain<ITransformer> _preprocessing;
    private readonly Terminal _terminal;
    private readonly int? _pauseAt;
    private bool _isPaused;

    private TrainingRun(RunFolder folder, TrainingCommand command, MLContext ml, EnvironmentDataView environment, TransformerChain<ITransformer> preprocessing, Terminal terminal, int? pauseAt) =>
        (_folder, _command, _ml, _environment, _preprocessing, _terminal, _pauseAt) = (folder, command, ml, environment, preprocessing, terminal, pauseAt);

    /// <summary>Fits the preprocessing. No file is written, so an interruption may end the process.</summary>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="command">The command.</param>
    /// <param name="ml">The context.</param>
    /// <param name="environment">The data view of the command's environment.</param>
    /// <param name="terminal">The terminal.</param>
    /// <param name="start">The policy to begin with; null for an untrained one.</param>
    /// <param name="pauseAt">The environment steps after which the training is paused, to be resumed; null, the default, to train to the end.</param>
    /// <exception cref="EnvironmentException">The environment broke its contract.</exception>
    public static TrainingRun Prepare(RunFolder folder, TrainingCommand command, MLContext ml, EnvironmentDataView environment, Terminal terminal, StartingPolicy? start = null, int? pauseAt = null) =>
        new(folder, command, ml, environment, start?.Preprocessing ?? PolicyPipeline.Preprocessing(ml, environment, command.Options, command.Normalization).Fit(environment), terminal, pauseAt);

    /// <summary>Handles interruptions from here on: they stop the training where it can be resumed.</summary>
    public Interruption HandleInterruption() => new(() => _terminal.Warn($"Stopping after this step; another Ctrl-C after a second ends at once."));

    /// <summary>Trains, evaluates, and writes the files. The report is also written if training is interrupted or diverges, or if the environment fails; a training that diverged leaves the best policy of its evaluations, if it keeps one.</summary>
    /// <param name="folderLock">The lock of the folder, held by the caller.</param>
    /// <param name="resume">True to resume from the latest checkpoint.</param>
    /// <param name="cancel">Interrupts the training or the evaluation.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="TrainingException">Training diverged.</exception>
    /// <exception cref="EnvironmentException">The environment broke its contract.</exception>
    public int Execute(FolderLock folderLock, bool resume, CancellationToken cancel)
    {
        bool isInterrupted;
        _folder.DeleteHalfWritten(folderLock);
        try
        {
            var model = Train(folderLock, resume, cancel);
            using var owned = model as IDisposable;
            Write(model, folderLock);
            isInterrupted = cancel.IsCancellationRequested;
            if (!isInterrupted && !_isPaused && _command.Episodes > 0)
                isInterrupted = !TryEvaluate(model, folderLock, cancel);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            // The environments were being created; training itself returns its policy.
            isInterrupted = true;
        }
        catch (Exception exception) when (exception is TrainingException or EnvironmentException)
        {
            if (exception is TrainingException { BestPolicy: { } best })
            {
                using var owned = best;
                Write(_preprocessing.Append(best), folderLock);
            }

            TryWriteReport();
            throw;
        }

        WriteReport();
        if (!isInterrupted)
            return ExitCode.Done;
        _terminal.Warn($"Interrupted.{(folderLock.IsLost ? "" : $" To continue: trpo resume {_folder.Given}")}");
        return ExitCode.Interrupted;
    }

    private void Write(TransformerChain<PolicyTransformer> model, FolderLock folderLock)
    {
        LeaveLostFolder(folderLock);
        PolicyModel.Save(_ml, model, _environment.Schema, _folder.Model);
        _terminal.WriteLine($"Wrote {_folder.Model}");
        _ml.ReinforcementLearning.ExportToOnnx(model, _folder.Onnx);
        _terminal.WriteLine($"Wrote {_folder.Onnx}");
    }

    private TransformerChain<PolicyTransformer> Train(FolderLock folderLock, bool resume, CancellationToken cancel)
    {
        using var recorder = new RunRecorder(_folder.Path, Description(), folderLock);
        using var warnings = new LoggedWarnings(_ml, _terminal, TrainingDisplay.IsLive && !_terminal.IsShared);
        var (model, last) = TrainingDisplay.Show(_terminal, display =>
        {
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            var pause = new StepPause(_pauseAt, stop.Cancel);

            // The command is written after the first iteration, so that settings with which training cannot resume do not replace those with which it can.
            var progress = new ProgressBroadcast(new FirstIterationAction(() => WriteCommand(folderLock)), recorder, display, pause);
            var fitted = Fit(Options(progress, resume, stop.Token));
            _isPaused = pause.IsPaused && !cancel.IsCancellationRequested;
            return (fitted, progress.Last);
        });
        if (last is not null)
            _terminal.WriteLine($"Trained for {last.Steps:N0} steps in {last.Elapsed.TotalSeconds:F1} s ({last.StepsPerSecond:N0} steps/s).");
        else if (cancel.IsCancellationRequested)
            _terminal.WriteLine($"No iteration was completed.");
        else
            _terminal.WriteLine($"No iteration was left to train.");
        return model;
    }

    private TransformerChain<PolicyTransformer> Fit(TrpoOptions options)
    {
        try
        {
            return _preprocessing.Append(_ml.ReinforcementLearning.Trainers.Trpo(_environment, options).Fit(_preprocessing.Transform(_environment)));
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException && exception.Source is "Trpo.Estimators" or "Trpo.Onnx")
        {
            // The libraries refuse settings that contradict one another or the environment.
            throw new CommandException($"Training in {_environment.Name} cannot begin with these settings: {(exception is ArgumentException argument ? ErrorMessage.Of(argument) : exception.Message)}", exception);
        }
    }

    private TrpoOptions Options(IProgress<TrpoIteration> progress, bool resume, CancellationToken cancel) => _command.Options with
    {
        Cancellation = cancel,
        Checkpoints = CheckpointSettings(resume),
        Progress = progress,
    };

    private CheckpointOptions CheckpointSettings(bool resume) => new() { Folder = _folder.Checkpoints, Resume = resume, Interval = TimeSpan.FromSeconds(_command.CheckpointInterval) };

    private RunDescription Description() => RunDescription.Create(_environment.Name, _command.Environments, _command.Options with { Checkpoints = CheckpointSettings(resume: true) }) with
    {
        Details = new Dictionary<string, string>
        {
            ["Environment chosen"] = $"{_command.Environment}",
            ["Normalization"] = $"{_command.Normalization}",
            ["Longest episode"] = FormattableString.Invariant($"{_environment.MaxEpisodeSteps ?? _environment.EpisodeStepLimit:N0} steps"),
            ["Environment threads"] = FormattableString.Invariant($"{_command.Stepping.Threads}"),
            ["Began with"] = _command.Options.InitialPolicy is { } initial ? $"a policy of digest {initial.Digest}" : "an untrained policy",
            ["Tool"] = $"trpo {LibraryVersion.Informational}",
        },
    };

    private bool TryEvaluate(ITransformer model, FolderLock folderLock, CancellationToken cancel)
    {
        using var warnings = new LoggedWarnings(_ml, _terminal);
        try
        {
            var evaluation = _ml.ReinforcementLearning.Evaluate(model, _environment, _command.Episodes, cancellation: cancel);
            _terminal.WriteLine($"Evaluation: {evaluation}.");

            // The least that a policy is compared with, on the same episodes.
            var random = _ml.ReinforcementLearning.EvaluateRandom(_environment, _command.Episodes, cancellation: cancel);
            var difference = evaluation.Compare(random);
            _terminal.WriteLine($"Random policy: {random}. The trained one has {difference.Mean:G5} more on the same episodes ({difference.Interval.Low:G5} to {difference.Interval.High:G5} at 95%), and more in {difference.BetterEpisodes} of {difference.Episodes}.");
            Record(folderLock, RunEvaluation.Of(RunEvaluation.Trained, evaluation), RunEvaluation.Of(RunEvaluation.Random, random));
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    // A run without an iteration has no description.
    private void Record(FolderLock folderLock, params IReadOnlyList<RunEvaluation> evaluations)
    {
        if (!folderLock.IsLost && File.Exists(System.IO.Path.Combine(_folder.Path, RunDescription.FileName)))
            (RunDescription.Load(_folder.Path) with { Evaluations = evaluations }).Save(_folder.Path);
    }

    private void WriteCommand(FolderLock folderLock)
    {
        if (!folderLock.IsLost)
            TrainingCommandFile.Write(_folder.Command, _command);
    }

    // Hours of training are not lost with the folder, nor written into that of another run.
    private void LeaveLostFolder(FolderLock folderLock)
    {
        if (!folderLock.IsLost)
            return;
        var lost = _folder;
        if (lost.HasRun)
            _folder = lost.Unused();
        _terminal.Warn($"{lost.Path} was deleted or moved during the training{(lost.HasRun ? ", and another run is in a folder of that name" : "")}: the policy is written to {_folder.Path}, without the metrics.");
    }

    // Before the first iteration ends, there is nothing to report.
    private void WriteReport()
    {
        if (!File.Exists(_folder.Metrics))
            return;
        _terminal.WriteLine($"Wrote {RunReport.Save(_folder.Path)[0]}");
        if (_isPaused)
            return;
        var health = RunReport.Judge(_folder.Path);
        _terminal.WriteLine($"Verdict: {health.Summary}.");
        foreach (var verdict in health.Complaints)
            _terminal.WriteLine($"  {(verdict.Grade == VerdictGrade.Bad ? "bad" : "worth a look")}: {verdict.Subject}. {verdict.Finding}{(verdict.Advice is { } advice ? $" {advice}" : "")}");
    }

    // A failure to write the report must not hide the exception that ended the training.
    private void TryWriteReport()
    {
        try
        {
            WriteReport();
        }
        catch (Exception exception) when (ErrorMessage.Of(exception) is { } message)
        {
            _terminal.Warn($"There is no report: {message}");
        }
    }
}
