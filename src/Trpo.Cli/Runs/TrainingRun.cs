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

    private TrainingRun(RunFolder folder, TrainingCommand command, MLContext ml, EnvironmentDataView environment, TransformerChain<ITransformer> preprocessing, Terminal terminal) =>
        (_folder, _command, _ml, _environment, _preprocessing, _terminal) = (folder, command, ml, environment, preprocessing, terminal);

    /// <summary>Fits the preprocessing. No file is written, so an interruption may end the process.</summary>
    /// <param name="folder">The folder of the files.</param>
    /// <param name="command">The command.</param>
    /// <param name="ml">The context.</param>
    /// <param name="environment">The data view of the command's environment.</param>
    /// <param name="terminal">The terminal.</param>
    /// <exception cref="EnvironmentException">The environment broke its contract.</exception>
    public static TrainingRun Prepare(RunFolder folder, TrainingCommand command, MLContext ml, EnvironmentDataView environment, Terminal terminal) =>
        new(folder, command, ml, environment, PolicyPipeline.Preprocessing(ml, environment, command.Options, command.Normalization).Fit(environment), terminal);

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
            if (!isInterrupted && _command.Episodes > 0)
                isInterrupted = !TryEvaluate(model, cancel);
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
        using var warnings = new LoggedWarnings(_ml, _terminal, TrainingDisplay.IsLive);
        var (model, last) = TrainingDisplay.Show(_terminal, display =>
        {
            // The command is written after the first iteration, so that settings with which training cannot resume do not replace those with which it can.
            var progress = new ProgressBroadcast(new FirstIterationAction(() => WriteCommand(folderLock)), recorder, display);
            return (Fit(Options(progress, resume, cancel)), progress.Last);
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
            ["Environment threads"] = FormattableString.Invariant($"{_command.Stepping.Threads}"),
            ["Tool"] = $"trpo {LibraryVersion.Informational}",
        },
    };

    private bool TryEvaluate(ITransformer model, CancellationToken cancel)
    {
        using var warnings = new LoggedWarnings(_ml, _terminal);
        try
        {
            var evaluation = _ml.ReinforcementLearning.Evaluate(model, _environment, _command.Episodes, cancellation: cancel);
            _terminal.WriteLine($"Evaluation: {evaluation}.");
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
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
        if (File.Exists(_folder.Metrics))
            _terminal.WriteLine($"Wrote {RunReport.Save(_folder.Path)[0]}");
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
