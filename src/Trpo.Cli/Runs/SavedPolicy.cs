using Microsoft.ML;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Onnx;
using Trpo.Runtime.Files;

namespace Trpo.Cli.Runs;

/// <summary>A policy in a file, with its preprocessing: an ML.NET model, an ONNX graph, or the model in a run's folder.</summary>
internal sealed class SavedPolicy
{
    private SavedPolicy(string path, RunFolder? run) => (Path, Run) = (path, run);

    /// <summary>Gets the path of the file.</summary>
    public string Path { get; }

    /// <summary>Gets the run that the file belongs to; null if the file itself was named.</summary>
    public RunFolder? Run { get; }

    /// <summary>True if the file is a zip archive, as ML.NET models are.</summary>
    public bool IsArchive
    {
        get
        {
            using var file = File.OpenRead(Path);
            return file.ReadByte() == 'P' && file.ReadByte() == 'K';
        }
    }

    /// <summary>Finds the file of a policy.</summary>
    /// <param name="path">A file, or the folder of a run.</param>
    /// <exception cref="CommandException">There is no such file, or no model in the folder.</exception>
    public static SavedPolicy At(string path)
    {
        SymbolicLinks.Check(path);
        var run = Directory.Exists(path) ? new RunFolder(path) : null;
        var file = run?.Model ?? path;
        return File.Exists(file)
            ? new SavedPolicy(file, run)
            : throw new CommandException(run is null ? $"There is no file {System.IO.Path.GetFullPath(path)}." : $"There is no model in {run.Path}: {Advice(run)}{run.WhereReplaced}");
    }

    /// <summary>Loads the policy with its preprocessing.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or is not a policy.</exception>
    public ITransformer Load(MLContext ml) => Load(ml, out _);

    /// <summary>Loads the policy with its preprocessing, and the schema of the rows that they take.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="schema">The schema; null if the file has none.</param>
    /// <exception cref="InvalidDataException">The file is damaged, or is not a policy.</exception>
    public ITransformer Load(MLContext ml, out DataViewSchema? schema)
    {
        if (IsArchive)
            return PolicyModel.Load(ml, Path, out schema);
        schema = null;
        try
        {
            return new PolicyTransformer(BoundedFile.Read(Path, PolicySession.MaxBytes), new PolicyColumns());
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{Path}: {exception.Message}", exception);
        }
    }

    /// <summary>Returns the environment that the policy was trained in; null if it is not known.</summary>
    public EnvironmentChoice? TrainedIn() => Run is { } run && File.Exists(run.Command) ? TrainingCommandFile.Read(run).Environment : null;

    // A training from a log has no checkpoints.
    private static string Advice(RunFolder run) => File.Exists(run.Command) ? $"a training that was stopped before it wrote one is resumed with `trpo resume {run.Given}`."
        : File.Exists(run.Log) ? "a training from a log was stopped while it wrote its files. Run it again, with --overwrite."
        : "name the folder of a run, a model.zip or a policy.onnx.";
}
