using Microsoft.ML;
using Trpo.Cli.Runs;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Files;
using Trpo.Runtime.Graph;

namespace Trpo.Cli.Inspection;

/// <summary>A reader of policy descriptions, which does not run the policy.</summary>
internal static class PolicyInspector
{
    /// <summary>Reads the description of a policy.</summary>
    /// <exception cref="InvalidDataException">The file is damaged, or holds no policy.</exception>
    public static PolicyDescription Read(SavedPolicy saved)
    {
        var size = new FileInfo(saved.Path).Length;
        if (!saved.IsArchive)
            return Describe(saved.Path, size, [], BoundedFile.Read(saved.Path, PolicySession.MaxBytes));
        var model = PolicyModel.Load(new MLContext(), saved.Path, out _);
        using var owned = model as IDisposable;
        var chain = PolicyChain.FromModel(model);
        return Describe(saved.Path, size, [.. chain.Before.Select(transformer => transformer.GetType().Name)], chain.Policy.Onnx.ToArray());
    }

    private static PolicyDescription Describe(string path, long size, IReadOnlyList<string> preprocessing, byte[] onnx)
    {
        try
        {
            var metadata = PolicyMetadata.FromOnnx(onnx);
            return new PolicyDescription(path, size, preprocessing, GraphDescription.FromOnnx(onnx), metadata.Observations, metadata.Actions, metadata.InputColumns, metadata.HasActionMask, metadata.Provenance);
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{path} is not a policy that can be read: {exception.Message}", exception);
        }
    }
}
