using System.Runtime.InteropServices;
using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Randomness;

namespace Trpo.Fuzz;

/// <summary>Nodes that need much memory for few bytes of a file. Their sum is added to the observation, so that they cannot be optimised away.</summary>
internal static class GreedyGraph
{
    private static readonly long[] Sizes = [1_000, 20_000, 1_000_000, 100_000_000, 4_000_000_000, 1L << 40, 1L << 62, -1];

    public static void Insert(GraphProto graph, RandomSource random)
    {
        var name = $"greedy{graph.Node.Count}";
        var size = Sizes[random.NextInt(Sizes.Length)];
        var big = random.NextInt(17) switch
        {
            0 => Node(graph, "ConstantOfShape", name, [Longs(graph, $"{name}_shape", [size], 1)]),
            1 => Node(graph, "Expand", name, [One(graph, name), Longs(graph, $"{name}_shape", [size], 1)]),
            2 => Node(graph, "Tile", name, [Node(graph, "Reshape", $"{name}_flat", [One(graph, name), Longs(graph, $"{name}_one", [1], 1)]), Longs(graph, $"{name}_repeats", [size], 1)]),
            3 => Cast(graph, Node(graph, "Range", name, [Longs(graph, $"{name}_from", [0]), Longs(graph, $"{name}_to", [size]), Longs(graph, $"{name}_step", [1])])),
            4 => Product(graph, name, "Mul", random),
            5 => Product(graph, name, "MatMul", random),
            6 => Window(graph, name, "MaxPool", random),
            7 => Window(graph, name, "Conv", random),
            8 => Nest(graph, name, "Identity", 1 << random.NextInt(14)),
            9 => Nest(graph, name, "Tanh", 1 << random.NextInt(14), Product(graph, $"{name}_product", "Mul", random)),
            10 => Text(graph, name, size),
            11 => Window(graph, name, "AveragePool", random),
            12 => GreedyOperators.Weights(graph, name, random),
            13 => GreedyOperators.Widths(graph, name, random),
            14 => GreedyOperators.Trees(graph, name, random),
            15 => GreedyOperators.Terms(graph, name, random),
            _ => GreedyOperators.OneHot(graph, name, size),
        };
        var sum = Node(graph, "ReduceSum", $"{name}_sum", [big]);
        graph.Node[^1].Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int });
        var added = graph.Node.ToList();
        var first = added.FirstOrDefault(node => node.Input.Contains("observation") && !node.Output[0].StartsWith("greedy", StringComparison.Ordinal));
        if (first is null)
            return;
        first.Input[first.Input.IndexOf("observation")] = $"{name}_input";
        Node(graph, "Add", $"{name}_input", ["observation", sum]);

        // The added nodes come first.
        var nodes = graph.Node.OrderBy(node => node.Output[0].StartsWith(name, StringComparison.Ordinal) ? 0 : 1).ToList();
        graph.Node.Clear();
        graph.Node.Add(nodes);
    }

    // [n, 1] by [1, n], of zeros that take n values in the file; n times n in memory.
    private static string Product(GraphProto graph, string name, string operation, RandomSource random)
    {
        var length = 1 << (4 + random.NextInt(14));
        string Zeros(string value, long[] dims)
        {
            var tensor = new TensorProto { Name = value, DataType = 1, RawData = ByteString.CopyFrom(new byte[4 * length]) };
            tensor.Dims.Add(dims);
            graph.Initializer.Add(tensor);
            return value;
        }

        return Node(graph, operation, name, [Zeros($"{name}_column", [length, 1]), Zeros($"{name}_row", [1, length])]);
    }

    // A window of half the size of an image around each of its pixels.
    private static string Window(GraphProto graph, string name, string operation, RandomSource random)
    {
        var size = 1L << (1 + random.NextInt(13));
        var image = Node(graph, "Expand", $"{name}_image", [One(graph, $"{name}_pixel"), Longs(graph, $"{name}_size", [1, 1, size, size], 4)]);
        if (operation == "Conv")
            return Node(graph, operation, name, [image, Node(graph, "Expand", $"{name}_filter", [One(graph, $"{name}_tap"), Longs(graph, $"{name}_taps", [1, 1, size / 2, size / 2], 4)])]);
        Node(graph, operation, name, [image]);
        var kernel = new AttributeProto { Name = "kernel_shape", Type = AttributeProto.Types.AttributeType.Ints };
        kernel.Ints.Add([size / 2, size / 2]);
        graph.Node[^1].Attribute.Add(kernel);
        return name;
    }

    private static string Nest(GraphProto graph, string name, string operation, int depth, string? value = null)
    {
        value ??= One(graph, name);
        for (var i = 0; i < depth; i++)
            value = Node(graph, operation, $"{name}_{i}", [value]);
        return value;
    }

    private static string Text(GraphProto graph, string name, long size)
    {
        var text = Node(graph, "Cast", $"{name}_text", [Node(graph, "Expand", $"{name}_many", [One(graph, name), Longs(graph, $"{name}_shape", [size], 1)])]);
        graph.Node[^1].Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = 8 });
        return Cast(graph, text);
    }

    private static string One(GraphProto graph, string name)
    {
        var sum = Node(graph, "ReduceSum", $"{name}_total", ["observation"]);
        graph.Node[^1].Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int });
        return sum;
    }

    public static string Cast(GraphProto graph, string value, long type = 1)
    {
        var cast = Node(graph, "Cast", $"{value}_cast", [value]);
        graph.Node[^1].Attribute.Add(new AttributeProto { Name = "to", Type = AttributeProto.Types.AttributeType.Int, I = type });
        return cast;
    }

    public static string Node(GraphProto graph, string operation, string output, string[] inputs)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.Add(inputs);
        node.Output.Add(output);
        graph.Node.Add(node);
        return output;
    }

    public static string Longs(GraphProto graph, string name, long[] values, params long[] dims)
    {
        var tensor = new TensorProto { Name = name, DataType = 7, RawData = ByteString.CopyFrom(MemoryMarshal.AsBytes(values.AsSpan())) };
        tensor.Dims.Add(dims);
        graph.Initializer.Add(tensor);
        return name;
    }
}
