using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Randomness;

namespace Trpo.Fuzz;

/// <summary>Changes to the content of a model, under a digest that matches again.</summary>
internal static class GraphMutation
{
    private const string DigestKey = "trpo.sha256";

    private static readonly string[] Operations =
    [
        "Add", "ArgMax", "AveragePool", "BatchNormalization", "Cast", "Clip", "Concat", "ConstantOfShape", "Conv", "ConvTranspose", "CumSum", "DepthToSpace", "Einsum", "Expand", "EyeLike",
        "Flatten", "Gather", "GatherElements", "GatherND", "Gemm", "GRU", "Identity", "If", "InstanceNormalization", "Loop", "LSTM", "MatMul", "MaxPool", "Mod", "Mul", "Multinomial",
        "NonMaxSuppression", "NonZero", "OneHot", "Pad", "Pow", "RandomNormal", "Range", "ReduceMean", "ReduceSum", "Relu", "Reshape", "Resize", "RNN", "Scan", "ScatterElements", "ScatterND",
        "SequenceAt", "SequenceConstruct", "Shape", "Slice", "Softmax", "SpaceToDepth", "Split", "Squeeze", "Tanh", "TfIdfVectorizer", "Tile", "TopK", "Transpose", "Unique", "Unsqueeze", "Where",
        "Scaler", "OneHotEncoder", "LabelEncoder", "ArrayFeatureExtractor", "Imputer", "TreeEnsembleRegressor", "Nonsense",
    ];

    private static readonly string[] Attributes =
        ["axis", "axes", "to", "keepdims", "split", "perm", "shape", "value", "k", "kernel_shape", "pads", "strides", "dilations", "group", "alpha", "beta", "transA", "transB", "mode", "blocksize", "hidden_size", "dtype", "sample_size", "equation", "body"];

    private static readonly long[] Numbers = [0, 1, -1, 2, 3, 4, 7, 8, 64, 1_000, 65_536, 1_000_000, int.MaxValue, int.MinValue, 1L << 32, 1L << 40, long.MaxValue, long.MinValue];

    public static byte[] Apply(ModelProto original, RandomSource random)
    {
        var model = original.Clone();
        for (var times = 1 + random.NextInt(3); times > 0; times--)
            Once(model, random);
        return Seal(model);
    }

    /// <summary>Adds a node that managed code does not know to a model.</summary>
    public static byte[] ForOnnxRuntime(ModelProto original)
    {
        var model = original.Clone();
        GreedyGraph.Node(model.Graph, "Softsign", "beside", [model.Graph.Input[0].Name]);
        return Seal(model);
    }

    /// <summary>Adds greedy nodes to a model, under a digest that matches.</summary>
    public static byte[] Greedy(ModelProto original, RandomSource random)
    {
        var model = original.Clone();
        for (var times = 1 + random.NextInt(3); times > 0; times--)
            GreedyGraph.Insert(model.Graph, random);
        if (model.Graph.Node.Any(node => node.Domain == "ai.onnx.ml") && model.OpsetImport.All(opset => opset.Domain != "ai.onnx.ml"))
            model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 2 });
        return Seal(model);
    }

    // The digest of a sealed model is the SHA-256 of all the rest of it.
    private static byte[] Seal(ModelProto model)
    {
        foreach (var digest in model.MetadataProps.Where(pair => pair.Key == DigestKey).ToList())
            model.MetadataProps.Remove(digest);
        model.MetadataProps.Add(new StringStringEntryProto { Key = DigestKey, Value = Convert.ToHexStringLower(SHA256.HashData(model.ToByteArray())) });
        return model.ToByteArray();
    }

    private static void Once(ModelProto model, RandomSource random)
    {
        switch (random.NextInt(10))
        {
            case 0 or 1 or 2:
                Change(model.Graph.Node[random.NextInt(model.Graph.Node.Count)], model.Graph, random);
                break;
            case 3 or 4:
                Change(model.Graph.Initializer[random.NextInt(model.Graph.Initializer.Count)], random);
                break;
            case 5:
                Change(Any([model.Graph.Input, model.Graph.Output], random), random);
                break;
            case 6:
                var pair = model.MetadataProps[random.NextInt(model.MetadataProps.Count)];
                pair.Value = Text(pair.Value, random);
                if (random.NextInt(4) == 0)
                    pair.Key = Text(pair.Key, random);
                break;
            case 7:
                GreedyGraph.Insert(model.Graph, random);
                break;
            case 8:
                Reorder(model.Graph, random);
                break;
            default:
                if (random.NextInt(2) == 0)
                    model.IrVersion = Number(random);
                else
                    model.OpsetImport.Add(new OperatorSetIdProto { Domain = random.NextInt(2) == 0 ? "" : "com.microsoft", Version = Number(random) });
                if (random.NextInt(2) == 0)
                    model.OpsetImport[0].Version = random.NextInt(40);
                break;
        }
    }

    public static long Number(RandomSource random) => random.NextInt(3) == 0 ? (long)random.NextUInt64() >> random.NextInt(64) : Numbers[random.NextInt(Numbers.Length)];

    private static void Change(NodeProto node, GraphProto graph, RandomSource random)
    {
        switch (random.NextInt(8))
        {
            case 0 or 1:
                node.OpType = Operations[random.NextInt(Operations.Length)];
                break;
            case 2:
                node.Input[random.NextInt(node.Input.Count)] = Value(graph, random);
                break;
            case 3:
                node.Input.Add(Value(graph, random));
                break;
            case 4 when node.Input.Count > 1:
                node.Input.RemoveAt(random.NextInt(node.Input.Count));
                break;
            case 5 when node.Attribute.Count > 0:
                var attribute = node.Attribute[random.NextInt(node.Attribute.Count)];
                attribute.I = Number(random);
                for (var i = 0; i < attribute.Ints.Count; i++)
                    attribute.Ints[i] = Number(random);
                break;
            case 6:
                node.Output[0] = Value(graph, random);
                break;
            default:
                node.Attribute.Add(Attribute(random));
                break;
        }
    }

    private static AttributeProto Attribute(RandomSource random)
    {
        var attribute = new AttributeProto { Name = Attributes[random.NextInt(Attributes.Length)] };
        switch (random.NextInt(4))
        {
            case 0:
                (attribute.Type, attribute.I) = (AttributeProto.Types.AttributeType.Int, Number(random));
                break;
            case 1:
                attribute.Type = AttributeProto.Types.AttributeType.Ints;
                attribute.Ints.Add(Enumerable.Range(0, random.NextInt(5)).Select(_ => Number(random)));
                break;
            case 2:
                (attribute.Type, attribute.S) = (AttributeProto.Types.AttributeType.String, ByteString.CopyFromUtf8("ij,jk->ik"));
                break;
            default:
                (attribute.Type, attribute.T) = (AttributeProto.Types.AttributeType.Tensor, new TensorProto());
                Change(attribute.T, random);
                break;
        }

        return attribute;
    }

    private static void Change(TensorProto tensor, RandomSource random)
    {
        switch (random.NextInt(6))
        {
            case 0 when tensor.Dims.Count > 0:
                tensor.Dims[random.NextInt(tensor.Dims.Count)] = Number(random);
                break;
            case 1:
                tensor.Dims.Add(random.NextInt(2) == 0 ? 1 : Number(random));
                break;
            case 2:
                var values = Enumerable.Range(0, random.NextInt(6)).Select(_ => Number(random)).ToArray();
                tensor.DataType = (int)TensorProto.Types.DataType.Int64;
                tensor.RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan()));
                tensor.Dims.Clear();
                tensor.Dims.Add(values.Length);
                break;
            case 3:
                tensor.DataType = random.NextInt(25);
                break;
            case 4:
                tensor.RawData = ByteString.CopyFrom(ByteMutation.Apply([.. tensor.RawData, 0], random));
                break;
            default:
                var (first, second) = (random.NextInt(tensor.Dims.Count + 1), random.NextInt(tensor.Dims.Count + 1));
                if (first < tensor.Dims.Count && second < tensor.Dims.Count)
                    (tensor.Dims[first], tensor.Dims[second]) = (tensor.Dims[second], tensor.Dims[first]);
                else
                    tensor.DataLocation = TensorProto.Types.DataLocation.External;
                break;
        }
    }

    private static void Change(ValueInfoProto value, RandomSource random)
    {
        var tensor = value.Type.TensorType;
        switch (random.NextInt(4))
        {
            case 0:
                tensor.ElemType = random.NextInt(20);
                break;
            case 1:
                tensor.Shape.Dim[random.NextInt(tensor.Shape.Dim.Count)].DimValue = Number(random);
                break;
            case 2:
                tensor.Shape.Dim.Add(new TensorShapeProto.Types.Dimension { DimValue = Number(random) });
                break;
            default:
                value.Name = Text(value.Name, random);
                break;
        }
    }

    private static void Reorder(GraphProto graph, RandomSource random)
    {
        var (from, to) = (random.NextInt(graph.Node.Count), random.NextInt(graph.Node.Count));
        var node = graph.Node[from].Clone();
        if (random.NextInt(2) == 0 && graph.Node.Count > 1)
            graph.Node.RemoveAt(from);
        if (random.NextInt(2) == 0)
            graph.Node.Insert(Math.Min(to, graph.Node.Count), node);
    }

    private static string Value(GraphProto graph, RandomSource random)
    {
        string[] names = [.. graph.Node.SelectMany(node => node.Output), .. graph.Initializer.Select(tensor => tensor.Name), "observation", "", "missing"];
        return names[random.NextInt(names.Length)];
    }

    private static string Text(string text, RandomSource random)
    {
        var place = random.NextInt(text.Length + 1);
        var removed = random.NextInt(Math.Min(3, text.Length - place + 1));
        return text[..place] + (random.NextInt(2) == 0 ? Number(random).ToString(System.Globalization.CultureInfo.InvariantCulture) : "\"[,") + text[(place + removed)..];
    }

    private static ValueInfoProto Any(RepeatedField<ValueInfoProto>[] lists, RandomSource random)
    {
        var list = lists[random.NextInt(lists.Length)];
        return list[random.NextInt(list.Count)];
    }
}
