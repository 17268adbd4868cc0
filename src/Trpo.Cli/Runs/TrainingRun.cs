using Microsoft.ML;
using Trpo.Cli.Display;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Onnx;

namespace Trpo.Cli.Runs;

/// <summary>Trains as a command says, and fills the folder of the run.</summary>
internal sealed class TrainingRun
{
    private readonly RunFolder _folder;
    private readonly TrainingCommand _command;
    private readonly Terminal _terminal;
    private readonly MLContext _ml;
    private readonly EnvironmentDataView _environment;

    /// <param name="folder">Where the files go.</param>
    /// <param name="command">What to do.</param>
    /// <param name="environment">Where to act: the data view of the command's environment.</param>
    /// <param name="ml">The context of <paramref name="environment"/>.</param>
    /// <param name="terminal">Where to speak.</param>
    public TrainingRun(RunFolder folder, TrainingCommand command, EnvironmentDataView environment, MLContext ml, Terminal terminal)
    {
        (_folder, _command, _environment, _ml, _terminal) = (folder, command, environment, ml, terminal);
    }

    /// <returns>The exit code.</returns>
    /// <exception cref="TrainingException">Training is ill; the files say how far it came.</exception>
    public int Execute(bool resume)
    {
        using var interruption = new Interruption(() => _terminal.Warn($"Stopping after this step; a second Ctrl-C ends at once."));
        var (model, last) = Train(resume, interruption.Token);
        using var owned = model as IDisposable;
        PolicyModel.Save(_ml, model, _environment.Schema, _folder.Model);
        _ml.ReinforcementLearning.ExportToOnnx(model, _folder.Onnx);
        var isInterrupted = interruption.Token.IsCancellationRequested;
        if (last is not null)
            _terminal.Say($"Trained for {last.Steps:N0} steps in {last.Elapsed.TotalSeconds:F1} s ({last.StepsPerSecond:N0} steps/s).");
        if (!isInterrupted && _command.Episodes > 0)
            isInterrupted = !Evaluate(model, interruption.Token);
        _terminal.Say($"Wrote {_folder.Model}");
        _terminal.Say($"Wrote {_folder.Onnx}");
        if (!isInterrupted)
            return ExitCode.Done;
        _terminal.Warn($"Interrupted. To go on: trpo resume {_folder.Given}");
        return ExitCode.Interrupted;
    }

    private (ITransformer Model, TrpoIteration? Last) Train(bool resume, CancellationToken cancel)
    {
        using var warnings = new TrainingWarnings(_ml, _terminal, TrainingDisplay.IsLive);
        return TrainingDisplay.Show(_terminal, display =>
        {
            var broadcast = new Broadcast(display);
            var options = _command.Options with
            {
                Cancellation = cancel,
                Checkpoints = new() { Folder = _folder.Checkpoints, Resume = resume, Interval = TimeSpan.FromSeconds(_command.CheckpointInterval) },
                Progress = broadcast,
            };
            return (PolicyPipeline.Create(_ml, _environment, options, _command.Normalization).Fit(_environment), broadcast.Last);
        });
    }

    private bool Evaluate(ITransformer model, CancellationToken cancel)
    {
        try
        {
            var evaluation = _ml.ReinforcementLearning.Evaluate(model, _environment, _command.Episodes, cancellation: cancel);
            _terminal.Say($"Evaluation: {evaluation}.");
            return true;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return false;
        }
    }
}
