using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Cli.Display;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Cli.Runs;
using Trpo.Estimators;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Onnx;
using Trpo.Reports;
using Trpo.Runtime.Spaces;

namespace Trpo.Cli.Logs;

/// <summary>A training from a log: the first rows are learned from, the last ones are for the evaluation, and a folder gets the files.</summary>
/// <param name="command">The settings.</param>
/// <param name="file">The log.</param>
/// <param name="choice">The columns.</param>
/// <param name="terminal">The terminal.</param>
internal sealed class LogTraining(LogTrainingCommand command, LogFile file, LogChoice choice, Terminal terminal)
{
    private const int MinRows = 10;

    private readonly LogWords _words = new(choice);
    private readonly LogRefusal _refusal = new(file, new LogWords(choice));
    private readonly MLContext _ml = new(command.Options.Seed);
    private string? _firstRows;
    private LogScan? _scan;

    /// <summary>Checks the log, learns, evaluates and writes the files.</summary>
    /// <param name="cancel">Ends learning, of which the best policy so far is kept; or the work before and behind it, of which nothing is.</param>
    /// <returns>The exit code.</returns>
    /// <exception cref="OperationCanceledException"><paramref name="cancel"/> was cancelled outside of learning.</exception>
    public int Execute(CancellationToken cancel)
    {
        var heldOut = (long)Math.Round(file.Rows * command.HoldOut);
        var learned = file.Rows - heldOut;
        if (Math.Min(heldOut, learned) < MinRows)
            throw new CommandException(FormattableString.Invariant($"{file.Path} has {file.Rows:N0} rows, of which {learned:N0} are left to learn from and {heldOut:N0} to evaluate on (--holdout {command.HoldOut}). Both need at least {MinRows}, and some hundred to tell anything."));
        var view = LogPipeline.WithMask(_ml, choice, file.Load(_ml, choice.Fields));
        var (training, test) = (_ml.Data.TakeRows(view, learned), _ml.Data.SkipRows(view, learned));
        LogColumnText.Write(file, choice, terminal);
        terminal.WriteLine($"Learning from the first {learned:N0} of {file.Rows:N0} rows of {file.Path}; the files go to {command.Folder.Path}.");
        _scan = _refusal.Run($"{file.Path} cannot be read", () => LogScan.Read(view, choice, learned, cancel));
        RequireValues(_scan.Empty, learned);
        var preprocessing = _refusal.Run($"{file.Path} cannot be prepared", () => LogPipeline.Create(_ml, choice, isScaled: true).Fit(training));
        cancel.ThrowIfCancellationRequested();
        _firstRows = _refusal.Run($"{file.Path} cannot be read", () => FirstRows.Hash(_ml, view, choice with { Mask = null }, learned));
        _refusal.Run($"{file.Path} cannot be read", () => LogPipeline.RequireMasked(choice, view, file.Path));
        var report = _refusal.Run($"{file.Path} cannot be checked", () => _ml.ReinforcementLearning.CheckLog(LogPipeline.WithKeys(_ml, choice, preprocessing.Transform(view)), choice.Columns(choice.Observation), cancel));
        if (report.Findings.Count > 0)
            LogCheckText.Write(report, file, _words, choice.Mask, terminal, cancel);
        if (report.HasErrors)
            throw new CommandException($"Nothing was learned, because of the errors of the log.");
        using var folders = new NewFolders(command.Folder.Path);
        using var folderLock = command.Folder.Lock();

        // Another command may have written its run since the folder was checked.
        command.RefuseRun();
        using var model = preprocessing.Append(Learn(preprocessing.Transform(training), report.ActionNames, cancel));

        // A policy of rows of two states of a file is of none of them.
        file.RequireUnchanged();
        return cancel.IsCancellationRequested ? Interrupted(model, view, learned, heldOut) : Done(model, view, test, learned, heldOut, cancel);
    }

    private PolicyTransformer Learn(IDataView training, IReadOnlyList<string> actions, CancellationToken cancel)
    {
        using var warnings = new LoggedWarnings(_ml, terminal, TrainingDisplay.IsLive, _words.Of);
        var (policy, last) = LogTrainingDisplay.Show(terminal, command.Options.Progress, display =>
        {
            // The last rows may have actions that the first ones do not: in the order in which the trainer would have them.
            var options = command.Options with { Progress = display, Cancellation = cancel, Provenance = new Dictionary<string, string> { [LearnedSample.Entry] = _scan!.Carried.ToEntry() }, Actions = ActionSpace.Discrete([.. choice.Mask?.Actions ?? [.. actions.Order(StringComparer.Ordinal)]]) };
            return (_refusal.Run($"No policy can be learned from {file.Path}", () => _ml.ReinforcementLearning.Trainers.TrpoFromLog(choice.Columns(choice.Observation), options).Fit(training)), display.Last);
        });
        if (last is not null)
            terminal.WriteLine($"Learning {(last.Outcome is { } outcome ? $"ended after {Steps(last.Iteration)}: {outcome}" : $"was interrupted after {Steps(last.Iteration)}")}. The policy is that of step {policy.Metadata.Provenance["iteration"]}.");
        return policy;
    }

    // One-hot encoding has no category of such a column, a mean no number, and an exported graph no input.
    private void RequireValues(IReadOnlyList<string> empty, long learned)
    {
        if (empty.Count > 0)
            throw new CommandException(FormattableString.Invariant($"{(empty.Count == 1 ? "Column" : "Columns")} {string.Join(", ", empty.Select(name => $"'{name}'"))} of {file.Path} {(empty.Count == 1 ? "has" : "have")} no value in the first {learned:N0} rows, which are learned from: nothing is learned of them. Leave them out with --ignore, or learn from more rows with a smaller --holdout."));
    }

    private static string Steps(int count) => string.Create(CultureInfo.InvariantCulture, $"{count:N0} step{(count == 1 ? "" : "s")}");

    private int Interrupted(TransformerChain<PolicyTransformer> model, IDataView view, long learned, long heldOut)
    {
        Write(model, view, learned, heldOut, null);
        terminal.Warn($"Interrupted: the best policy so far was written, and not evaluated. To evaluate it on the rows behind the first {learned:N0}: trpo log evaluate {command.Folder.Given} --data {FilePath.InCommand(file.Path)}");
        return ExitCode.Interrupted;
    }

    private int Done(TransformerChain<PolicyTransformer> model, IDataView view, IDataView test, long learned, long heldOut, CancellationToken cancel)
    {
        LogEvaluation evaluation;
        try
        {
            evaluation = _refusal.Run($"The policy cannot be evaluated on {file.Path}", () =>
            {
                var result = _ml.ReinforcementLearning.EvaluateFromLog(model, test, choice.Columns(null), new LogEvaluationOptions { VerdictLevel = command.VerdictLevel, Progress = new LogEvaluationProgress(terminal, TimeProvider.System), Cancellation = cancel });
                file.RequireUnchanged();
                return result;
            }, learned);
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return Interrupted(model, view, learned, heldOut);
        }
        catch (Exception exception) when (ErrorMessage.Of(exception) is not null)
        {
            // A policy that was learned is kept, whatever the other rows are like.
            Write(model, view, learned, heldOut, null);
            throw;
        }

        terminal.WriteLine($"On the last {heldOut:N0} rows, which were not learned from:");
        terminal.WriteLine($"{_words.Of(evaluation.ToString())}");
        Write(model, view, learned, heldOut, evaluation);
        return ExitCode.Done;
    }

    private void Write(TransformerChain<PolicyTransformer> model, IDataView view, long learned, long heldOut, LogEvaluation? evaluation)
    {
        var folder = command.Folder;
        if (command.Overwrite && folder.HasRun)
            terminal.WriteLine($"The earlier run of the folder was moved to {folder.SetAside()}.");
        var inputs = _ml.Transforms.SelectColumns([.. choice.Features.Select(feature => feature.Name), .. choice.Mask?.Columns ?? []]).Fit(view).Transform(view).Schema;
        PolicyModel.Save(_ml, model, inputs, folder.Model);
        terminal.WriteLine($"Wrote {folder.Model}");
        LogRunFile.Write(folder.Log, new LogProvenance
        {
            Data = file.Path,
            Table = command.Table,
            Learned = learned,
            HeldOut = heldOut,
            FirstRows = _firstRows,
            Sample = _scan!.Sample,
            Action = choice.Action,
            Reward = choice.Reward,
            Probability = choice.IsLogarithm ? null : choice.Probability,
            LogProbability = choice.IsLogarithm ? choice.Probability : null,
            Eligible = choice.Mask?.Prefix,
            Features = [.. choice.Features.Select(feature => feature.Name)],
            LeftOut = choice.LeftOut,
        });
        terminal.WriteLine($"Wrote {folder.Log}");
        _refusal.Run($"{folder.Model} cannot be exported to {folder.Onnx}", () =>
        {
            PolicyModel.ExportToOnnx(model, folder.Onnx, inputs);
            return true;
        });
        terminal.WriteLine($"Wrote {folder.Onnx}");
        if (evaluation is null)
            return;
        LogEvaluationReport.Save(evaluation, folder.Report, Path.GetFileName(folder.Path));
        terminal.WriteLine($"Wrote {folder.Report}");
    }
}
