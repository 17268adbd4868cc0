using Trpo.Estimators.Checkpoints;
using Trpo.Reports;

namespace Trpo.Cli.Runs;

/// <summary>The files of a run.</summary>
/// <param name="path">The folder.</param>
internal sealed class RunFolder(string path)
{
    private const string CommandName = "command.json";

    /// <summary>The folder, in full.</summary>
    public string Path { get; } = System.IO.Path.GetFullPath(path);

    /// <summary>The folder as the user wrote it, for the commands that messages propose.</summary>
    public string Given { get; } = path.Contains(' ', StringComparison.Ordinal) ? $"\"{path}\"" : path;

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
    public bool HasRun => File.Exists(Command) || File.Exists(Model) || Directory.Exists(Checkpoints);

    /// <summary>Removes what an earlier run left; other files stay.</summary>
    /// <exception cref="CheckpointException">A training is still going on in the folder.</exception>
    public void Clear()
    {
        // Only who holds the checkpoints may delete them.
        if (Directory.Exists(Checkpoints))
            new CheckpointFolder(new CheckpointOptions { Folder = Checkpoints, Resume = true }).Dispose();
        foreach (var file in new[] { Command, Model, Onnx, Metrics, In(RunDescription.FileName), In(RunReport.FileName) })
            File.Delete(file);
        foreach (var folder in new[] { Checkpoints, In("plots") }.Where(Directory.Exists))
            Directory.Delete(folder, recursive: true);
        if (Directory.Exists(Path))
        {
            foreach (var events in Directory.GetFiles(Path, "events.out.tfevents.*"))
                File.Delete(events);
        }
    }

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
