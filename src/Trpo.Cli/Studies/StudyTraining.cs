using Microsoft.ML;
using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;

namespace Trpo.Cli.Studies;

/// <summary>The training of one run of a study, beside others in this process.</summary>
internal static class StudyTraining
{
    /// <summary>Trains a run from where it was, or from the beginning.</summary>
    /// <param name="run">The run; its folder is claimed.</param>
    /// <param name="terminal">The terminal of the study.</param>
    /// <param name="pauseAt">The environment steps after which the training is paused; null to train to the end.</param>
    /// <param name="cancel">Interrupts the training.</param>
    /// <returns>The exit code of the run.</returns>
    public static int Run(StudyRun run, Terminal terminal, int? pauseAt, CancellationToken cancel)
    {
        using var output = new LineWriter(terminal.Output, run.Name);
        using var error = new LineWriter(terminal.Error, run.Name);
        var own = new Terminal(output, error) { IsShared = true };
        var ml = new MLContext(run.Command.Options.Seed);
        using var table = new TableMessages(ml, own);
        var environment = run.Command.Environment.Load(ml, run.Command.Environments, run.Command.Stepping, run.Command.Options.Columns.Observation);
        var training = TrainingRun.Prepare(run.Folder, run.Command, ml, environment, own, pauseAt: pauseAt);
        using var folderLock = run.Folder.Lock();
        return training.Execute(folderLock, resume: true, cancel);
    }

    /// <summary>Returns the message of a failure that the user can correct.</summary>
    /// <exception cref="AggregateException">The failure is a bug of the tool.</exception>
    public static string MessageOf(Exception failure) => failure is OperationCanceledException ? "interrupted" : ErrorMessage.Of(failure) ?? throw new AggregateException(failure);
}
