using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Estimators.Logs.Learning;

namespace Trpo.Cli.Logs;

/// <summary>The settings of a training from a log.</summary>
/// <param name="Folder">The folder of the files.</param>
/// <param name="Overwrite">True to move a run that is in the folder away.</param>
/// <param name="HoldOut">The share of the rows, the last of the log, that the policy is evaluated on.</param>
/// <param name="VerdictLevel">The level of the verdict.</param>
/// <param name="Table">The table of the log; null for the only one.</param>
/// <param name="Options">The settings of the trainer.</param>
internal sealed record LogTrainingCommand(RunFolder Folder, bool Overwrite, double HoldOut, double VerdictLevel, string? Table, TrpoFromLogOptions Options)
{
    /// <summary>Refuses a folder that has a run, unless the run is to be moved away.</summary>
    /// <exception cref="CommandException">There is a run in the folder.</exception>
    public void RefuseRun()
    {
        if (Folder.HasRun && !Overwrite)
            throw new CommandException($"There is a run in {Folder.Path}, or files with the names of one. Name another folder (--out), or replace it (--overwrite).");
    }
}
