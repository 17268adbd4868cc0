using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Graph;

/// <summary>Checks of the graph of a policy that are made before OnnxRuntime, which is native code, reads it.</summary>
internal static class ModelStructure
{
    /// <summary>The latest IR version that the referenced OnnxRuntime reads.</summary>
    public const int MaxIrVersion = 13;

    /// <summary>The latest operator set of ONNX that the referenced OnnxRuntime has.</summary>
    public const int MaxOpset = 26;

    private const string Standard = "";
    private static readonly string[] Domains = [Standard, "ai.onnx", "ai.onnx.ml"];

    /// <summary>Checks a model.</summary>
    /// <exception cref="InvalidDataException">The model uses something that policies do not; the message names it.</exception>
    public static void Check(ModelProto model)
    {
        if (model.Graph is not { } graph)
            throw new InvalidDataException("The model has no graph.");
        if (model.IrVersion is < 1 or > MaxIrVersion)
            throw new InvalidDataException($"The model has the IR version {model.IrVersion}, but OnnxRuntime reads versions up to {MaxIrVersion}.");
        CheckOpsets(model);
        foreach (var node in graph.Node)
        {
            CheckDomain(node.Domain, $"The node '{node.Name}' ({node.OpType})");
            foreach (var tensor in node.Attribute.SelectMany(attribute => attribute.T is null ? attribute.Tensors : attribute.Tensors.Append(attribute.T)))
                Check(tensor, $"A tensor of the node '{node.Name}' ({node.OpType})");
        }

        foreach (var tensor in graph.Initializer)
            Check(tensor, $"The tensor '{tensor.Name}'");
    }

    private static void CheckOpsets(ModelProto model)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var opset in model.OpsetImport)
        {
            CheckDomain(opset.Domain, "The model");
            var domain = opset.Domain == "ai.onnx" ? Standard : opset.Domain;
            if (!seen.Add(domain))
                throw new InvalidDataException($"The model imports the operators of the domain '{opset.Domain}' twice.");
            if (domain == Standard && opset.Version is < 1 or > MaxOpset)
                throw new InvalidDataException($"The model has the operator set {opset.Version}, but OnnxRuntime has sets up to {MaxOpset}.");
        }
    }

    private static void CheckDomain(string domain, string what)
    {
        if (!Domains.Contains(domain))
            throw new InvalidDataException($"{what} uses operators of the domain '{domain}': a policy has those of ONNX itself ('ai.onnx' and 'ai.onnx.ml').");
    }

    // Exactly the data that the shape implies, in this file, so that the size of the file bounds the memory.
    private static void Check(TensorProto tensor, string what)
    {
        if (tensor.DataLocation != TensorProto.Types.DataLocation.Default || tensor.ExternalData.Count > 0)
            throw new InvalidDataException($"{what} has its data in another file.");
        var count = 1L;
        foreach (var dimension in tensor.Dims)
        {
            if (dimension < 0 || (dimension > 0 && count > int.MaxValue / dimension))
                throw new InvalidDataException($"{what} has the shape [{string.Join(", ", tensor.Dims)}].");
            count *= dimension;
        }

        var (size, values) = (DataType)tensor.DataType switch
        {
            DataType.Float => (4, tensor.FloatData.Count),
            DataType.Double => (8, tensor.DoubleData.Count),
            DataType.Int64 => (8, tensor.Int64Data.Count),
            DataType.Uint64 => (8, tensor.Uint64Data.Count),
            DataType.Uint32 => (4, tensor.Uint64Data.Count),
            DataType.Int32 => (4, tensor.Int32Data.Count),
            DataType.Int16 or DataType.Uint16 or DataType.Float16 or DataType.Bfloat16 => (2, tensor.Int32Data.Count),
            DataType.Int8 or DataType.Uint8 or DataType.Bool => (1, tensor.Int32Data.Count),
            DataType.String => (0, tensor.StringData.Count),
            _ => throw new InvalidDataException($"{what} has values of the type {tensor.DataType}, which policies do not use."),
        };
        var given = tensor.FloatData.Count + tensor.DoubleData.Count + tensor.Int64Data.Count + tensor.Uint64Data.Count + tensor.Int32Data.Count + tensor.StringData.Count;
        if (tensor.RawData.IsEmpty ? values != count || given != count : size == 0 || tensor.RawData.Length != size * count || given > 0)
            throw new InvalidDataException($"{what} has a number of values that does not match its shape [{string.Join(", ", tensor.Dims)}].");
    }
}
