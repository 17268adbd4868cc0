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

    /// <summary>Whether a run was started in the folder.</summary>
    public bool HasRun => File.Exists(Command) || File.Exists(Model) || Directory.Exists(Checkpoints) || Directory.Exists(Replaced);

    // A run that another is to replace, until that has made its first iteration.
    private string Replaced => In("replaced-run");

    /// <summary>Makes place for another run; other files stay. The run that was there can be put back until <see cref="ForgetReplaced"/>.</summary>
    /// <exception cref="CheckpointException">A training is still going on in the folder.</exception>
    public void SetAside()
    {
        RequireIdle();
        if (Directory.Exists(Replaced))
        {
            // The run that is in its place was killed before its first iteration.
            Delete();
            return;
        }

        Directory.CreateDirectory(Replaced);
        foreach (var entry in Entries())
            Directory.Move(entry, System.IO.Path.Combine(Replaced, System.IO.Path.GetFileName(entry)));
    }

    /// <summary>Removes a run that came to nothing, and puts back what <see cref="SetAside"/> made place with.</summary>
    public void PutBack()
    {
        RequireIdle();
        Delete();
        if (!Directory.Exists(Replaced))
            return;
        foreach (var entry in Directory.GetFileSystemEntries(Replaced))
            Directory.Move(entry, In(System.IO.Path.GetFileName(entry)));
        Directory.Delete(Replaced);
    }

    /// <summary>Deletes the run that was replaced, if one was.</summary>
    public void ForgetReplaced()
    {
        if (Directory.Exists(Replaced))
            Directory.Delete(Replaced, recursive: true);
    }

    // Only who holds the checkpoints may move or delete them.
    private void RequireIdle()
    {
        if (Directory.Exists(Checkpoints))
            new CheckpointFolder(new CheckpointOptions { Folder = Checkpoints, Resume = true }).Dispose();
    }

    private void Delete()
    {
        foreach (var entry in Entries())
        {
            if (Directory.Exists(entry))
                Directory.Delete(entry, recursive: true);
            else
                File.Delete(entry);
        }
    }

    // What there is of a run in the folder.
    private List<string> Entries()
    {
        if (!Directory.Exists(Path))
            return [];
        string[] all = [Command, Model, Onnx, Metrics, In(RunDescription.FileName), In(RunReport.FileName), Checkpoints, In("plots"), .. Directory.GetFiles(Path, "events.out.tfevents.*")];
        return [.. all.Where(System.IO.Path.Exists)];
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
