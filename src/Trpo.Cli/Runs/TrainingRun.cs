using System.Reflection;
using Microsoft.ML;
using Trpo.Cli.Display;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Onnx;
using Trpo.Reports;

namespace Trpo.Cli.Runs;

/// <summary>Trains as a command says, and fills the folder of the run.</summary>
/// <param name="folder">Where the files go.</param>
/// <param name="command">What to do.</param>
/// <param name="ml">The context.</param>
/// <param name="environment">Where to act: the data view of the command's environment.</param>
/// <param name="terminal">Where to speak.</param>
internal sealed class TrainingRun(RunFolder folder, TrainingCommand command, MLContext ml, EnvironmentDataView environment, Terminal terminal)
{
    /// <summary>Trains, evaluates, and writes the files; the report also of a training that is interrupted, or becomes ill.</summary>
    /// <returns>The exit code.</returns>
    /// <exception cref="TrainingException">Training is ill; the report says how far it came.</exception>
    /// <exception cref="EnvironmentException">The environment broke its contract.</exception>
    public int Execute(bool resume)
    {
        using var interruption = new Interruption(() => terminal.Warn($"Stopping after this step; a second Ctrl-C ends at once."));
        ITransformer model;
        try
        {
            model = Train(resume, interruption.Token);
        }
        catch when (!resume && !File.Exists(folder.Metrics))
        {
            // Where not one iteration ended, there is nothing to go on with: the folder is as it was before.
            folder.PutBack();
            throw;
        }
        catch (Exception exception) when (exception is TrainingException or EnvironmentException)
        {
            WriteReport();
            throw;
        }

        using var owned = model as IDisposable;
        folder.ForgetReplaced();
        PolicyModel.Save(ml, model, environment.Schema, folder.Model);
        ml.ReinforcementLearning.ExportToOnnx(model, folder.Onnx);
        var isInterrupted = interruption.Token.IsCancellationRequested;
        if (!isInterrupted && command.Episodes > 0)
            isInterrupted = !TryEvaluate(model, interruption.Token);
        WriteReport();
        terminal.Say($"Wrote {folder.Model}");
        terminal.Say($"Wrote {folder.Onnx}");
        if (!isInterrupted)
            return ExitCode.Done;
        terminal.Warn($"Interrupted. To go on: trpo resume {folder.Given}");
        return ExitCode.Interrupted;
    }

    private ITransformer Train(bool resume, CancellationToken cancel)
    {
        using var recorder = new RunRecorder(folder.Path, Description());
        using var warnings = new TrainingWarnings(ml, terminal, TrainingDisplay.IsLive);
        var (model, last) = TrainingDisplay.Show(terminal, display =>
        {
            // Settings with which training cannot go on should not replace those with which it can: the record follows the first iteration.
            var progress = new Broadcast(new FirstReport(Establish), recorder, display);
            return (Fit(Options(progress, resume, cancel)), progress.Last);
        });
        if (last is null)
            terminal.Say($"No iteration was left to train.");
        else
            terminal.Say($"Trained for {last.Steps:N0} steps in {last.Elapsed.TotalSeconds:F1} s ({last.StepsPerSecond:N0} steps/s).");
        return model;
    }

    private void Establish()
    {
        TrainingCommandFile.Write(folder.Command, command);
        folder.ForgetReplaced();
    }

    private ITransformer Fit(TrpoOptions options)
    {
        try
        {
            return PolicyPipeline.Create(ml, environment, options, command.Normalization).Fit(environment);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException && exception.Source is "Trpo.Estimators" or "Trpo.Onnx")
        {
            // The libraries refuse settings that do not go together, or not with the environment.
            throw new CommandException($"Training in {environment.Name} cannot begin with these settings: {(exception is ArgumentException argument ? Complaint.Of(argument) : exception.Message)}", exception);
        }
    }

    private TrpoOptions Options(IProgress<TrpoIteration> progress, bool resume, CancellationToken cancel) => command.Options with
    {
        Cancellation = cancel,
        Checkpoints = CheckpointSettings(resume),
        Progress = progress,
    };

    private CheckpointOptions CheckpointSettings(bool resume) => new() { Folder = folder.Checkpoints, Resume = resume, Interval = TimeSpan.FromSeconds(command.CheckpointInterval) };

    private RunDescription Description() => RunDescription.Create(environment.Name, command.Environments, command.Options with { Checkpoints = CheckpointSettings(resume: true) }) with
    {
        Details = new Dictionary<string, string>
        {
            ["Environment chosen"] = $"{command.Environment}",
            ["Normalization"] = $"{command.Normalization}",
            ["Environment threads"] = FormattableString.Invariant($"{command.Threads}"),
            ["Tool"] = $"trpo {typeof(TrainingRun).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion}",
        },
    };

    private bool TryEvaluate(ITransformer model, CancellationToken cancel)
    {
        try
        {
            var evaluation = ml.ReinforcementLearning.Evaluate(model, environment, command.Episodes, cancellation: cancel);
            terminal.Say($"Evaluation: {evaluation}.");
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    // There is nothing to report of where not one iteration ended.
    private void WriteReport()
    {
        if (File.Exists(folder.Metrics))
            terminal.Say($"Wrote {RunReport.Save(folder.Path)[0]}");
    }
}
