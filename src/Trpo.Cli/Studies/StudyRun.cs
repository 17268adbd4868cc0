using Trpo.Cli.Foundation;
using Trpo.Cli.Runs;
using Trpo.Reports.Descriptions;

namespace Trpo.Cli.Studies;

/// <summary>A run of a study, in a folder of its own.</summary>
/// <param name="Name">The name, in front of the lines of the run.</param>
/// <param name="Folder">The folder of the run.</param>
/// <param name="Command">The command of the run.</param>
internal sealed record StudyRun(string Name, RunFolder Folder, TrainingCommand Command)
{
    /// <summary>True if the run was trained and evaluated already.</summary>
    public bool IsFinished => File.Exists(Folder.Model) && File.Exists(Path.Combine(Folder.Path, RunDescription.FileName)) && RunDescription.Load(Folder.Path).Evaluations.Count > 0;

    /// <summary>Prepares the folder: a run of the same command stays, to be resumed.</summary>
    /// <param name="overwrite">True to set a run in the folder aside, whatever its command.</param>
    /// <exception cref="CommandException">The folder holds a run of another command.</exception>
    public void Claim(bool overwrite)
    {
        if (overwrite && Folder.HasRun)
            Folder.SetAside();
        if (!Folder.HasRun)
        {
            Folder.CheckOutputs(setAside: false);
            Folder.Lock().Dispose();
            TrainingCommandFile.Write(Folder.Command, Command);
        }
    }

    /// <summary>Checks that a run in the folder is one of the same command.</summary>
    /// <exception cref="CommandException">The folder holds a run of another command, or files that are none.</exception>
    public void Check()
    {
        if (Folder.HasRun && Identity(TrainingCommandFile.Read(Folder)) != Identity(Command))
            throw new CommandException($"There is a run with other settings in {Folder.Path}. The same command goes on where it was; for another one, name another folder (--out), or replace the runs (--overwrite).");
    }

    // Results do not depend on threads, which follow from the number of runs side by side.
    private static string Identity(TrainingCommand command) => TrainingCommandFile.Text(command with { Options = command.Options with { Threads = null } });
}
