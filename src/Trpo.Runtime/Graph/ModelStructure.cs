namespace Trpo.Runtime.Graph;

/// <summary>Checks of the graph of a policy that are made before any engine reads it.</summary>
internal static class ModelStructure
{
    /// <summary>The latest IR version that the OnnxRuntime of Trpo.Onnx reads.</summary>
    public const int MaxIrVersion = 13;

    /// <summary>The latest operator set of ONNX that the OnnxRuntime of Trpo.Onnx has.</summary>
    public const int MaxOpset = 26;

    private const string Standard = "";
    private static readonly string[] Domains = [Standard, "ai.onnx", "ai.onnx.ml", "com.microsoft"];

    /// <summary>Checks a model.</summary>
    /// <exception cref="InvalidDataException">The model uses something that policies do not; the message names it.</exception>
    public static void Check(OnnxModel model)
    {
        if (model.Graph is not { } graph)
            throw new InvalidDataException("The model has no graph.");
        if (model.IrVersion is < 1 or > MaxIrVersion)
            throw new InvalidDataException($"The model has the IR version {model.IrVersion}, but OnnxRuntime reads versions up to {MaxIrVersion}.");
        CheckOpsets(model);
        foreach (var node in graph.Nodes)
        {
            CheckDomain(node.Domain, $"The node '{node.Name}' ({node.Operation})");
            foreach (var tensor in node.Attributes.SelectMany(attribute => attribute.Tensors))
                Check(tensor, $"A tensor of the node '{node.Name}' ({node.Operation})");
        }

        foreach (var tensor in graph.Initializers)
            Check(tensor, $"The tensor '{tensor.Name}'");
    }

    private static void CheckOpsets(OnnxModel model)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var opset in model.Opsets)
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
            throw new InvalidDataException($"{what} uses operators of the domain '{domain}': a policy has those of ONNX itself ('ai.onnx' and 'ai.onnx.ml') and of OnnxRuntime ('com.microsoft').");
    }

    // Exactly the data that the shape implies, in this file, so that the size of the file bounds the memory.
    private static void Check(OnnxTensor tensor, string what)
    {
        if (tensor.Location != 0)
            throw new InvalidDataException($"{what} has its data in another file.");
        var count = 1L;
        foreach (var dimension in tensor.Dimensions)
        {
            if (dimension < 0 || (dimension > 0 && count > int.MaxValue / dimension))
                throw new InvalidDataException($"{what} has the shape [{string.Join(", ", tensor.Dimensions)}].");
            count *= dimension;
        }

        // The size of a value in bytes, and the field with the list of such values.
        var (size, list) = tensor.ElementType switch
        {
            OnnxElementType.Single => (4, 4),
            OnnxElementType.Double => (8, 10),
            OnnxElementType.Int64 => (8, 7),
            OnnxElementType.UInt64 => (8, 11),
            OnnxElementType.UInt32 => (4, 11),
            OnnxElementType.Int32 => (4, 5),
            OnnxElementType.Int16 or OnnxElementType.UInt16 or OnnxElementType.Half or OnnxElementType.BFloat16 => (2, 5),
            OnnxElementType.SByte or OnnxElementType.Byte or OnnxElementType.Boolean => (1, 5),
            OnnxElementType.Text => (0, 6),
            _ => throw new InvalidDataException($"{what} has values of the type {(int)tensor.ElementType}, which policies do not use."),
        };
        if (tensor.Raw.IsEmpty ? tensor.ListedIn(list) != count || tensor.Listed != count : size == 0 || tensor.Raw.Length != size * count || tensor.Listed > 0)
            throw new InvalidDataException($"{what} has a number of values that does not match its shape [{string.Join(", ", tensor.Dimensions)}].");
    }
}
