using System.Globalization;
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
        Given = path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;
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

    /// <summary>Whether there is anything in the folder that a run leaves.</summary>
    public bool HasRun => Entries().Count > 0;

    /// <summary>Whether there is anything to go on from.</summary>
    public bool HasCheckpoint => CheckpointFolder.LatestNumber(Checkpoints) > 0;

    /// <summary>Where runs are that were replaced, as the end of a message; nothing where there are none.</summary>
    public string WhereReplaced => Directory.Exists(Replaced) ? $" Runs that were replaced are in {Replaced}." : "";

    // Numbered folders, one for each run.
    private string Replaced => In("replaced");

    /// <summary>Keeps other processes of this tool from writing to the folder, which is created where it is missing.</summary>
    /// <returns>What lets go of it.</returns>
    /// <exception cref="CommandException">Another one does.</exception>
    public IDisposable Hold()
    {
        Directory.CreateDirectory(Path);
        try
        {
            return new FileStream(In("trpo.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0, FileOptions.DeleteOnClose);
        }
        catch (IOException exception) when (File.Exists(In("trpo.lock")))
        {
            throw new CommandException($"Another training goes on in {Path}: wait until it has ended, or name another folder.", exception);
        }
    }

    /// <summary>Makes place for another run: the one that is there goes to a folder of its own, and nothing is deleted.</summary>
    /// <returns>That folder.</returns>
    /// <exception cref="CommandException">A training is still being recorded in the folder.</exception>
    /// <exception cref="CheckpointException">A training is still going on in the folder.</exception>
    public string SetAside()
    {
        RequireIdle();
        var number = 1;
        while (System.IO.Path.Exists(PlaceOf(number)))
            number++;
        var place = Directory.CreateDirectory(PlaceOf(number)).FullName;
        try
        {
            Move(Entries(), place);
        }
        catch
        {
            PutBack(place);
            throw;
        }

        return place;
    }

    /// <summary>Undoes <see cref="SetAside"/>.</summary>
    /// <param name="place">The folder that it returned.</param>
    public void PutBack(string place)
    {
        Move(Directory.GetFileSystemEntries(place), Path);
        Directory.Delete(place);
        if (Directory.GetFileSystemEntries(Replaced).Length == 0)
            Directory.Delete(Replaced);
    }

    /// <summary>Removes a run that was begun, if nothing of it was done: at most the checkpoint from before the first step is there.</summary>
    /// <returns>Whether that is so; otherwise everything stays.</returns>
    public bool TryWithdraw()
    {
        if (CheckpointFolder.LatestNumber(Checkpoints) > 1 || Entries().Any(entry => entry != Command && entry != Checkpoints))
            return false;
        RequireIdle();
        File.Delete(Command);
        if (Directory.Exists(Checkpoints))
            Directory.Delete(Checkpoints, recursive: true);
        return true;
    }

    private static void Move(IEnumerable<string> entries, string target)
    {
        foreach (var entry in entries)
            Directory.Move(entry, System.IO.Path.Combine(target, System.IO.Path.GetFileName(entry)));
    }

    // Of a run that is going on, in whatever program, nothing may be moved.
    private void RequireIdle()
    {
        if (Directory.Exists(Checkpoints))
            new CheckpointFolder(new CheckpointOptions { Folder = Checkpoints, Resume = true }).Dispose();
        if (RunRecorder.IsRecording(Path))
            throw new CommandException($"A training is still being recorded in {Path}: wait until it has ended, or name another folder.");
    }

    private string PlaceOf(int number) => System.IO.Path.Combine(Replaced, number.ToString(CultureInfo.InvariantCulture));

    private List<string> Entries()
    {
        if (!Directory.Exists(Path))
            return [];
        string[] all = [Command, Model, Onnx, Metrics, In(RunDescription.FileName), In(RunReport.FileName), Checkpoints, In("plots"), .. Directory.GetFiles(Path, "events.out.tfevents.*")];
        return [.. all.Where(System.IO.Path.Exists)];
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
