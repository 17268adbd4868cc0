using System.Globalization;
using Trpo.Cli.Foundation;
using Trpo.Estimators.Checkpoints;
using Trpo.Onnx.Files;
using Trpo.Reports;
using Trpo.Reports.Descriptions;

namespace Trpo.Cli.Runs;

/// <summary>The folder of a run and the files in it.</summary>
internal sealed class RunFolder
{
    private const string CommandName = "command.json";

    private readonly CheckpointFolderInfo _checkpoints;

    /// <param name="path">The folder; it need not exist.</param>
    /// <exception cref="CommandException"><paramref name="path"/> is a file, or a symbolic link that leads nowhere.</exception>
    public RunFolder(string path)
    {
        SymbolicLinks.Check(path);
        if (File.Exists(path))
            throw new CommandException($"{path} is a file: name the folder of a run.");
        Path = System.IO.Path.GetFullPath(path);
        Given = FilePath.InCommand(path);
        _checkpoints = new CheckpointFolderInfo(In("checkpoints"));
    }

    /// <summary>Gets the full path of the folder.</summary>
    public string Path { get; }

    /// <summary>Gets the path as the user wrote it, for the commands that messages propose.</summary>
    public string Given { get; }

    /// <summary>Gets the path of the file that <c>trpo resume</c> reads.</summary>
    public string Command => In(CommandName);

    /// <summary>Gets the path of the folder of checkpoints.</summary>
    public string Checkpoints => _checkpoints.FullName;

    /// <summary>Gets the path of the pipeline and policy for ML.NET.</summary>
    public string Model => In("model.zip");

    /// <summary>Gets the path of the pipeline and policy as one ONNX graph.</summary>
    public string Onnx => In("policy.onnx");

    /// <summary>Gets the path of the metrics of every iteration.</summary>
    public string Metrics => In("metrics.csv");

    /// <summary>Gets the path of the columns of the log that the policy was learned from, which <c>trpo log evaluate</c> reads.</summary>
    public string Log => In("log.json");

    /// <summary>Gets the path of the copy of the policy that the training began with.</summary>
    public string Start => In("start.policy");

    /// <summary>Gets the path of the report.</summary>
    public string Report => In(RunReport.FileName);

    /// <summary>True if the folder exists.</summary>
    public bool Exists => Directory.Exists(Path);

    /// <summary>True if the folder holds a run, or files with the names of one.</summary>
    public bool HasRun => Entries().Count > 0;

    /// <summary>True if there is a checkpoint to resume from.</summary>
    public bool HasCheckpoint => _checkpoints.LatestNumber > 0;

    /// <summary>Gets the end of a message that names the folder of replaced runs; empty if there are none.</summary>
    public string WhereReplaced => Directory.Exists(Replaced) ? $" Runs that were replaced are in {Replaced}." : "";

    private IEnumerable<string> Files => [Command, Start, Model, Onnx, Metrics, In("workers.csv"), In(RunDescription.FileName), Report, Log];

    private IEnumerable<string> Folders => [Checkpoints, Plots];

    private string Plots => In("plots");

    // Holds a numbered folder for each replaced run.
    private string Replaced => In("replaced");

    /// <summary>Checks that the files of a training can be written, without leaving anything behind.</summary>
    /// <param name="setAside">True if the files that are in the folder will be set aside first.</param>
    /// <exception cref="CommandException">A folder has the name of a file of the run, or a file that of a folder.</exception>
    /// <exception cref="IOException">The folder does not take files.</exception>
    /// <exception cref="UnauthorizedAccessException">The process may not write to the folder.</exception>
    public void CheckOutputs(bool setAside)
    {
        OutputPath.CheckFolder(Path);
        if (setAside)
            return;
        foreach (var file in Files)
            OutputPath.CheckFile(file);
        foreach (var folder in Folders)
            OutputPath.CheckFolder(folder);
    }

    /// <summary>Locks the folder, which is created if it is missing, against other trainings and recorders.</summary>
    /// <returns>The lock, for the recorder of the run.</returns>
    /// <exception cref="CommandException">Another training or recorder writes to the folder.</exception>
    public FolderLock Lock()
    {
        AtomicFile.CreateFolder(DiskFileSystem.Instance, Path);
        return RunRecorder.TryLock(Path, out var acquired)
            ? acquired
            : throw new CommandException($"Another training is being recorded in {Path}: wait until it has ended, or name another folder.");
    }

    /// <summary>Returns the first folder beside this one, with a number behind its name, that does not exist.</summary>
    public RunFolder Unused()
    {
        var number = 2;
        while (System.IO.Path.Exists(Numbered()))
            number++;
        return new RunFolder(Numbered());

        string Numbered() => string.Create(CultureInfo.InvariantCulture, $"{Path}-{number}");
    }

    /// <summary>Deletes files of the run that a killed process left half written. A file that is being written stays: `trpo report` needs no lock.</summary>
    /// <param name="folderLock">The lock of the folder, held by the caller.</param>
    /// <exception cref="ArgumentException">The lock is that of another folder.</exception>
    public void DeleteHalfWritten(FolderLock folderLock)
    {
        if (System.IO.Path.GetDirectoryName(folderLock.FileName) != System.IO.Path.TrimEndingDirectorySeparator(Path))
            throw new ArgumentException($"The lock {folderLock.FileName} is not that of {Path}.", nameof(folderLock));
        var plots = Directory.Exists(Plots) ? Directory.GetFiles(Plots, "*.png.*.tmp") : [];
        foreach (var file in Directory.GetFiles(Path, "*.tmp").Concat(plots))
        {
            if (AtomicFile.TargetOf(file) is { } target && (Files.Contains(target) || System.IO.Path.GetDirectoryName(target) == Plots))
                DeleteUnused(file);
        }
    }

    /// <summary>Moves the run to a numbered folder of replaced runs. Nothing is deleted.</summary>
    /// <returns>The path of the numbered folder.</returns>
    /// <exception cref="CommandException">A training writes its checkpoints to the folder.</exception>
    public string SetAside()
    {
        RequireIdle();
        var number = 1;
        while (System.IO.Path.Exists(ReplacedPath(number)))
            number++;
        var target = Directory.CreateDirectory(ReplacedPath(number)).FullName;
        try
        {
            Move(Entries(), target);
        }
        catch
        {
            PutBack(target);
            throw;
        }

        return target;
    }

    /// <summary>Undoes <see cref="SetAside"/>.</summary>
    /// <param name="replaced">The path that <see cref="SetAside"/> returned.</param>
    public void PutBack(string replaced)
    {
        Move(Directory.GetFileSystemEntries(replaced), Path);
        Directory.Delete(replaced);
        if (Directory.GetFileSystemEntries(Replaced).Length == 0)
            Directory.Delete(Replaced);
    }

    /// <summary>Removes a run that has not completed an iteration: it left at most its command, the policy that it begins with, and the checkpoint from before the first step.</summary>
    /// <returns>True if the run was removed; otherwise everything stays.</returns>
    public bool TryRemoveUnstarted()
    {
        if (_checkpoints.LatestNumber > 1 || Entries().Any(entry => entry != Command && entry != Start && entry != Checkpoints))
            return false;
        RequireIdle();
        File.Delete(Command);
        File.Delete(Start);
        if (Directory.Exists(Checkpoints))
            Directory.Delete(Checkpoints, recursive: true);
        return true;
    }

    private static void Move(IEnumerable<string> entries, string target)
    {
        foreach (var entry in entries)
            Directory.Move(entry, System.IO.Path.Combine(target, System.IO.Path.GetFileName(entry)));
    }

    private static void DeleteUnused(string file)
    {
        try
        {
            // The writer of a file has it open for itself alone.
            new FileStream(file, FileMode.Open, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose).Dispose();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // A training does not fail for a file that nobody needs.
        }
    }

    // A program other than this tool may train with these checkpoints, and record elsewhere.
    private void RequireIdle()
    {
        if (_checkpoints.IsInUse)
            throw new CommandException($"Another training writes its checkpoints to {Checkpoints}: wait until it has ended, or name another folder.");
    }

    private string ReplacedPath(int number) => System.IO.Path.Combine(Replaced, number.ToString(CultureInfo.InvariantCulture));

    private List<string> Entries()
    {
        if (!Directory.Exists(Path))
            return [];
        return [.. Files.Concat(Folders).Where(System.IO.Path.Exists), .. Directory.GetFiles(Path, "events.out.tfevents.*")];
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
