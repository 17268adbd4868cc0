using Microsoft.ML;
using Trpo.Cli.Environments;
using Trpo.Cli.Foundation;
using Trpo.Onnx;
using Trpo.Onnx.Files;

namespace Trpo.Cli.Runs;

/// <summary>A policy in a file, with what stands in front of it: a model of ML.NET's, an ONNX graph, or the model of a run's folder.</summary>
internal sealed class SavedPolicy
{
    private SavedPolicy(string path, RunFolder? run) => (Path, Run) = (path, run);

    /// <summary>The file.</summary>
    public string Path { get; }

    /// <summary>The run that the file is of; null where it was named by itself.</summary>
    public RunFolder? Run { get; }

    /// <summary>Whether the file is a zip archive, as ML.NET's models are.</summary>
    public bool IsArchive
    {
        get
        {
            using var file = File.OpenRead(Path);
            return file.ReadByte() == 'P' && file.ReadByte() == 'K';
        }
    }

    /// <summary>Finds the file.</summary>
    /// <param name="path">A file, or the folder of a run.</param>
    /// <exception cref="CommandException">There is none.</exception>
    public static SavedPolicy At(string path)
    {
        var run = Directory.Exists(path) ? new RunFolder(path) : null;
        var file = run?.Model ?? path;
        return File.Exists(file)
            ? new SavedPolicy(file, run)
            : throw new CommandException(run is null
                ? $"There is no file {System.IO.Path.GetFullPath(path)}."
                : $"There is no model in {run.Path}: a training that was stopped before it wrote one goes on with `trpo resume {run.Given}`.{run.WhereReplaced}");
    }

    /// <summary>The model: whatever precedes the policy, and it.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or no policy.</exception>
    public ITransformer Load(MLContext ml)
    {
        if (IsArchive)
            return PolicyModel.Load(ml, Path, out _);
        try
        {
            return new PolicyTransformer(BoundedFile.Read(Path, PolicySession.MaxBytes), new PolicyColumns());
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{Path}: {exception.Message}", exception);
        }
    }

    /// <summary>The environment that the policy was trained in; null where nothing tells.</summary>
    public EnvironmentChoice? TrainedIn() => Run is { } run && File.Exists(run.Command) ? TrainingCommandFile.Read(run).Environment : null;
}
