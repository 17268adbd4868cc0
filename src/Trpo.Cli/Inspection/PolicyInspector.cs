using Google.Protobuf;
using Microsoft.ML;
using Trpo.Cli.Runs;
using Trpo.Onnx;
using Trpo.Onnx.Files;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Cli.Inspection;

/// <summary>Reads what there is to know of a policy from its file, and runs nothing of it.</summary>
internal static class PolicyInspector
{
    private const string UsualDomain = "ai.onnx";

    /// <exception cref="InvalidDataException">The file is damaged, or has no policy in it.</exception>
    public static PolicyDescription Read(SavedPolicy saved)
    {
        var size = new FileInfo(saved.Path).Length;
        if (!saved.IsArchive)
            return Describe(saved.Path, size, [], BoundedFile.Read(saved.Path, PolicySession.MostBytes));
        var model = PolicyModel.Load(new MLContext(), saved.Path, out _);
        using var owned = model as IDisposable;
        var chain = PolicyChain.Of(model);
        return Describe(saved.Path, size, [.. chain.Before.Select(transformer => transformer.GetType().Name)], chain.Policy.Onnx.ToArray());
    }

    private static PolicyDescription Describe(string path, long size, IReadOnlyList<string> preprocessing, byte[] onnx)
    {
        try
        {
            var metadata = PolicyMetadataFormat.Read(SealedModel.Open(onnx));
            return new PolicyDescription(path, size, preprocessing, Graph(ModelProto.Parser.ParseFrom(onnx)), metadata.Observations, metadata.Actions, metadata.InputColumns, metadata.HasActionMask, metadata.Provenance);
        }
        catch (Exception exception) when (exception is InvalidDataException or InvalidProtocolBufferException)
        {
            throw new InvalidDataException($"{path} is no policy that can be read: {exception.Message}", exception);
        }
    }

    private static GraphDescription Graph(ModelProto model)
    {
        var opsets = model.OpsetImport.ToDictionary(set => set.Domain.Length == 0 ? UsualDomain : set.Domain, set => set.Version);
        var constants = model.Graph.Initializer.Select(tensor => tensor.Name).ToHashSet(StringComparer.Ordinal);
        return new GraphDescription(
            opsets.GetValueOrDefault(UsualDomain),
            opsets.Where(set => set.Key != UsualDomain).ToDictionary(),
            [.. model.Graph.Input.Where(input => !constants.Contains(input.Name)).Select(Value)],
            [.. model.Graph.Output.Select(Value)],
            model.Graph.Node.GroupBy(node => node.OpType).OrderBy(group => group.Key, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count()),
            model.Graph.Initializer.Sum(tensor => tensor.Dims.Aggregate(1L, (product, length) => product * length)));
    }

    private static GraphValue Value(ValueInfoProto value)
    {
        var tensor = value.Type.TensorType;
        return new GraphValue(value.Name, ((TensorProto.Types.DataType)tensor.ElemType).ToString().ToLowerInvariant(), [.. tensor.Shape.Dim.Select(Length)]);
    }

    private static string Length(TensorShapeProto.Types.Dimension dimension) =>
        dimension.HasDimValue ? FormattableString.Invariant($"{dimension.DimValue}") : dimension.DimParam;
}
