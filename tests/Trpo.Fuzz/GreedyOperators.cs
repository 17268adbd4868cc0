using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Randomness;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;

namespace Trpo.Fuzz;

/// <summary>Greedy nodes whose cost is in their number or in their attributes.</summary>
internal static class GreedyOperators
{
    /// <summary>One weight that many nodes multiply with.</summary>
    public static string Weights(GraphProto graph, string name, RandomSource random)
    {
        var width = 1 << (2 + random.NextInt(9));
        var value = GreedyGraph.Node(graph, "MatMul", $"{name}_0", ["observation", Zeros(graph, $"{name}_widen", 4, width)]);
        Zeros(graph, $"{name}_weights", width, width);
        var count = 1 << random.NextInt(12);
        for (var i = 1; i <= count; i++)
            value = GreedyGraph.Node(graph, "MatMul", $"{name}_{i}", [value, $"{name}_weights"]);
        return value;
    }

    /// <summary>Rows that double.</summary>
    public static string Widths(GraphProto graph, string name, RandomSource random)
    {
        var value = "observation";
        var count = 1 + random.NextInt(40);
        for (var i = 0; i < count; i++)
        {
            value = GreedyGraph.Node(graph, "Concat", $"{name}_{i}", [value, value]);
            graph.Node[^1].Attribute.Add(new AttributeProto { Name = "axis", Type = AttributeType.Int, I = 1 });
        }

        return value;
    }

    /// <summary>A tree that is a chain, some of whose references lead elsewhere.</summary>
    public static string Trees(GraphProto graph, string name, RandomSource random)
    {
        var depth = 1 << random.NextInt(15);
        var count = (2 * depth) + 1;
        var value = GreedyGraph.Node(graph, "TreeEnsembleRegressor", name, ["observation"]);
        var node = graph.Node[^1];
        node.Domain = "ai.onnx.ml";
        var broken = random.NextInt(4);
        long Reference(long index) => broken == 0 && random.NextInt(count) < 2 ? GraphMutation.Number(random) : Math.Min(index, count - 1);
        bool IsLeaf(int index) => index % 2 == 1 || index == count - 1;
        int[] all = [.. Enumerable.Range(0, count)];
        int[] leaves = [.. all.Where(IsLeaf)];
        Add(node, "n_targets", broken == 1 ? [GraphMutation.Number(random)] : [1], AttributeType.Int);
        Add(node, "nodes_treeids", all.Select(_ => 0L));
        Add(node, "nodes_nodeids", all.Select(index => broken == 2 ? Reference(index) : index));
        Add(node, "nodes_featureids", all.Select(_ => broken == 3 && random.NextInt(count) == 0 ? GraphMutation.Number(random) : random.NextInt(4)));
        Add(node, "nodes_truenodeids", all.Select(index => Reference(index + 1)));
        Add(node, "nodes_falsenodeids", all.Select(index => Reference(index + 2)));
        Add(node, "target_treeids", leaves.Select(_ => 0L));
        Add(node, "target_nodeids", leaves.Select(index => (long)index));
        Add(node, "target_ids", leaves.Select(_ => 0L));
        var modes = new AttributeProto { Name = "nodes_modes", Type = AttributeType.Strings };
        modes.Strings.Add(all.Select(index => ByteString.CopyFromUtf8(IsLeaf(index) ? "LEAF" : "BRANCH_LEQ")));
        var values = new AttributeProto { Name = "nodes_values", Type = AttributeType.Floats };
        values.Floats.Add(new float[count]);
        var weights = new AttributeProto { Name = "target_weights", Type = AttributeType.Floats };
        weights.Floats.Add(new float[leaves.Length - (random.NextInt(8) == 0 ? 1 : 0)]);
        node.Attribute.Add([modes, values, weights]);
        return value;
    }

    /// <summary>Counts of terms whose indices or lengths are out of proportion.</summary>
    public static string Terms(GraphProto graph, string name, RandomSource random)
    {
        var places = GreedyGraph.Cast(graph, GreedyGraph.Node(graph, "Identity", $"{name}_raw", ["observation"]), type: 7);
        var value = GreedyGraph.Node(graph, "TfIdfVectorizer", name, [places]);
        var node = graph.Node[^1];
        long Any(long usual) => random.NextInt(6) == 0 ? GraphMutation.Number(random) : usual;
        node.Attribute.Add(new AttributeProto { Name = "mode", Type = AttributeType.String, S = ByteString.CopyFromUtf8("TF") });
        Add(node, "min_gram_length", [1], AttributeType.Int);
        Add(node, "max_gram_length", [Any(1)], AttributeType.Int);
        Add(node, "max_skip_count", [Any(0)], AttributeType.Int);
        Add(node, "ngram_counts", [Any(0)]);
        Add(node, "ngram_indexes", [0, Any(1)]);
        Add(node, "pool_int64s", [0, 1]);
        return value;
    }

    /// <summary>A vector for each index.</summary>
    public static string OneHot(GraphProto graph, string name, long size)
    {
        var places = GreedyGraph.Cast(graph, GreedyGraph.Node(graph, "Identity", $"{name}_raw", ["observation"]), type: 7);
        return GreedyGraph.Node(graph, "OneHot", name, [places, GreedyGraph.Longs(graph, $"{name}_depth", [size]), Zeros(graph, $"{name}_values", 2)]);
    }

    private static string Zeros(GraphProto graph, string name, params long[] shape)
    {
        var tensor = new TensorProto { Name = name, DataType = 1, RawData = ByteString.CopyFrom(new byte[4 * shape.Aggregate(1L, (product, size) => product * size)]) };
        tensor.Dims.Add(shape);
        graph.Initializer.Add(tensor);
        return name;
    }

    private static void Add(NodeProto node, string name, IEnumerable<long> values, AttributeType type = AttributeType.Ints)
    {
        var attribute = new AttributeProto { Name = name, Type = type };
        if (type == AttributeType.Int)
            attribute.I = values.Single();
        else
            attribute.Ints.Add(values);
        node.Attribute.Add(attribute);
    }
}
