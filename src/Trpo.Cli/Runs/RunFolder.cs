using Trpo.Estimators.Checkpoints;
using Trpo.Reports;

namespace Trpo.Cli.Runs;

/// <summary>The files of a run.</summary>
internal sealed class RunFolder
{
    private const string CommandName = "command.json";

    /// <param name="path">The folder; it need not exist.</param>
    /// <exception cref="CommandException">It is a file.</exception>
    public RunFolder(string path)
    {
        if (File.Exists(path))
            throw new CommandException($"{path} is a file: name the folder of a run.");
        Path = System.IO.Path.GetFullPath(path);
        Given = Quoted(path);
    }

    /// <summary>The folder, in full.</summary>
    public string Path { get; }

    /// <summary>The folder as the user wrote it, for the commands that messages propose.</summary>
    public string Given { get; }

    /// <summary>What was asked for: all that going on needs.</summary>
    public string Command => In(CommandName);

    /// <summary>The checkpoints of the training.</summary>
    public string Checkpoints => In("checkpoints");

    /// <summary>The pipeline and the policy, for ML.NET.</summary>
    public string Model => In("model.zip");

    /// <summary>Both as one graph.</summary>
    public string Onnx => In("policy.onnx");

    /// <summary>The numbers of every iteration.</summary>
    public string Metrics => In("metrics.csv");

    /// <summary>The run that was replaced by the one in the folder, a folder of the same kind; there need not be one.</summary>
    public string Replaced => In("replaced-run");

    /// <summary>Whether there is anything in the folder that a run leaves.</summary>
    public bool HasRun => Entries().Count > 0 || Directory.Exists(Moving);

    /// <summary>Whether there is anything to go on from.</summary>
    public bool HasCheckpoint => CheckpointFolder.LatestNumber(Checkpoints) > 0;

    // Where a run is while it is moved aside, file by file: a process that is killed meanwhile leaves it to the next.
    private string Moving => In("replaced-run.moving");

    // What was asked for, and nothing of it done.
    private bool IsEmpty => CheckpointFolder.LatestNumber(Checkpoints) <= 1 && Entries().All(entry => entry == Command || entry == Checkpoints);

    /// <summary>A path as a command needs it.</summary>
    public static string Quoted(string path) => path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

    /// <summary>Makes place for another run: the one that is there goes to <see cref="Replaced"/>, instead of an earlier one. Other files stay.</summary>
    /// <returns>Whether there was one, with anything done.</returns>
    /// <exception cref="CommandException">A training is still going on in the folder.</exception>
    /// <exception cref="CheckpointException">A training is still going on in the folder.</exception>
    public bool SetAside()
    {
        RequireIdle();
        if (!Directory.Exists(Moving) && IsEmpty)
        {
            Withdraw();
            return false;
        }

        Directory.CreateDirectory(Moving);
        try
        {
            Move(Entries(), Moving);
        }
        catch
        {
            MoveBack(Moving);
            throw;
        }

        if (Directory.Exists(Replaced))
            Directory.Delete(Replaced, recursive: true);
        Directory.Move(Moving, Replaced);
        return true;
    }

    /// <summary>Undoes <see cref="SetAside"/>, where the run that was to be in the folder came to nothing.</summary>
    public void PutBack() => MoveBack(Replaced);

    /// <summary>Removes a run of which nothing was done.</summary>
    /// <returns>Whether that is so; otherwise everything stays.</returns>
    public bool Withdraw()
    {
        if (!IsEmpty)
            return false;
        File.Delete(Command);
        if (Directory.Exists(Checkpoints))
            Directory.Delete(Checkpoints, recursive: true);
        return true;
    }

    private void MoveBack(string folder)
    {
        Move(Directory.GetFileSystemEntries(folder), Path);
        Directory.Delete(folder);
    }

    private static void Move(IEnumerable<string> entries, string target)
    {
        foreach (var entry in entries)
            Directory.Move(entry, System.IO.Path.Combine(target, System.IO.Path.GetFileName(entry)));
    }

    // Of a run that is going on, nothing may be moved.
    private void RequireIdle()
    {
        if (Directory.Exists(Checkpoints))
            new CheckpointFolder(new CheckpointOptions { Folder = Checkpoints, Resume = true }).Dispose();
        if (RunRecorder.IsRecording(Path))
            throw new CommandException($"A training is still being recorded in {Path}: wait until it has ended, or name another folder.");
    }

    private List<string> Entries()
    {
        if (!Directory.Exists(Path))
            return [];
        string[] all = [Command, Model, Onnx, Metrics, In(RunDescription.FileName), In(RunReport.FileName), Checkpoints, In("plots"), .. Directory.GetFiles(Path, "events.out.tfevents.*")];
        return [.. all.Where(System.IO.Path.Exists)];
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
