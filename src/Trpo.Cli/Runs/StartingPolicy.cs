using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Cli.Foundation;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Onnx;
using Trpo.Onnx.Files;
using Trpo.Runtime.Files;

namespace Trpo.Cli.Runs;

/// <summary>The policy that a training begins with, and the transforms in front of it.</summary>
internal sealed class StartingPolicy
{
    // The folder that the file is in may be set aside before it is copied.
    private readonly byte[] _file;

    private StartingPolicy(InitialPolicy policy, TransformerChain<ITransformer>? preprocessing) => (_file, Policy, Preprocessing) = (BoundedFile.Read(policy.Source, int.MaxValue / 2), policy, preprocessing);

    /// <summary>Gets the policy.</summary>
    public InitialPolicy Policy { get; }

    /// <summary>Gets the fitted transforms that the policy observes through; null where the file has none.</summary>
    public TransformerChain<ITransformer>? Preprocessing { get; }

    /// <summary>Gets the normalization that the policy is used to; null where it is not known.</summary>
    public Normalization? Scaling => Policy.NormalizesObservations is not { } isRunning || Preprocessing is null ? null
        : isRunning ? Normalization.Running
        : Preprocessing.Any(transformer => transformer is NormalizingTransformer) ? Normalization.Table
        : Normalization.Off;

    /// <summary>Reads a policy.</summary>
    /// <param name="ml">The context.</param>
    /// <param name="path">A model.zip, the folder of a run, the ONNX file of a policy alone, or a checkpoint.</param>
    /// <exception cref="CommandException">There is no such file, or it is none of these.</exception>
    public static StartingPolicy Read(MLContext ml, string path)
    {
        try
        {
            var file = Directory.Exists(path) && new RunFolder(path) is { } run && File.Exists(run.Model) ? run.Model : path;
            if (!File.Exists(file) || !SavedPolicy.At(file).IsArchive)
                return new StartingPolicy(InitialPolicy.Load(file), preprocessing: null);
            var model = PolicyModel.Load(ml, file, out _);
            var chain = PolicyChain.FromModel(model);
            using var policy = chain.Policy;
            return new StartingPolicy(InitialPolicy.FromModel(policy, file), new TransformerChain<ITransformer>([.. chain.Before]));
        }
        catch (Exception exception) when (exception is InvalidDataException or FileNotFoundException or DirectoryNotFoundException or ArgumentException or CheckpointException)
        {
            throw new CommandException($"Training cannot begin with {path}: {exception.Message}", exception);
        }
    }

    /// <summary>Copies the file to the folder of a run, which then depends on nothing else.</summary>
    public void CopyTo(RunFolder folder) => AtomicFile.Write(folder.Start, _file);
}
