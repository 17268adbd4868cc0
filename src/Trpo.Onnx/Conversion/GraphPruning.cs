using Google.Protobuf.Collections;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// Removes the parts of a graph that one value does not depend on: dead nodes, and the inputs and constants that only they read. ML.NET passes every
/// column through to an output, and a graph requires all its inputs, so that it would require labels and identifiers in deployment.
/// </summary>
internal static class GraphPruning
{
    /// <summary>Reduces <paramref name="graph"/> to what <paramref name="value"/> depends on; no outputs remain.</summary>
    /// <exception cref="InvalidDataException">The graph defines a value twice, or reads one that is not defined before.</exception>
    public static void KeepOnly(GraphProto graph, string value)
    {
        CheckDefinedOnce(graph);
        var needed = Needed(graph, value);
        RemoveAll(graph.Node, node => !GraphTraversal.Written(node).Any(needed.Contains));
        RemoveAll(graph.Initializer, tensor => !needed.Contains(tensor.Name));
        RemoveAll(graph.SparseInitializer, tensor => !needed.Contains(GraphTraversal.NameOf(tensor)));

        // An input with a default value is optional; it becomes the constant that it is by default.
        var constants = Constants(graph).ToHashSet(StringComparer.Ordinal);
        RemoveAll(graph.Input, input => !needed.Contains(input.Name) || constants.Contains(input.Name));
        graph.Output.Clear();
        graph.ValueInfo.Clear();
        CheckOrder(graph, value);
    }

    private static HashSet<string> Needed(GraphProto graph, string value)
    {
        var writers = graph.Node.SelectMany(node => GraphTraversal.Written(node).Select(name => (name, node))).ToDictionary(StringComparer.Ordinal);
        var needed = new HashSet<string>(StringComparer.Ordinal);
        var pending = new Stack<string>([value]);
        while (pending.TryPop(out var name))
        {
            if (!needed.Add(name) || !writers.TryGetValue(name, out var writer))
                continue;
            foreach (var read in GraphTraversal.Read(writer))
                pending.Push(read);
        }

        return needed;
    }

    // An input and a constant may have the same name: the constant is the input's default value.
    private static void CheckDefinedOnce(GraphProto graph)
    {
        var written = graph.Node.SelectMany(GraphTraversal.Written).ToList();
        foreach (var names in new[] { Inputs(graph), Constants(graph) })
        {
            var seen = new HashSet<string>(StringComparer.Ordinal);
            if (names.Concat(written).FirstOrDefault(name => !seen.Add(name)) is { } twice)
                throw Corrupt($"defines the value '{twice}' twice");
        }
    }

    private static void CheckOrder(GraphProto graph, string value)
    {
        var defined = Inputs(graph).Concat(Constants(graph)).ToHashSet(StringComparer.Ordinal);
        foreach (var node in graph.Node)
        {
            if (GraphTraversal.Read(node).FirstOrDefault(name => !defined.Contains(name)) is { } missing)
                throw Corrupt($"reads the value '{missing}' in the node '{node.Name}' ({node.OpType}), but does not define it before");
            defined.UnionWith(GraphTraversal.Written(node));
        }

        if (!defined.Contains(value))
            throw Corrupt($"does not define its output '{value}'");
    }

    private static IEnumerable<string> Inputs(GraphProto graph) => graph.Input.Select(input => input.Name);

    private static IEnumerable<string> Constants(GraphProto graph) =>
        graph.Initializer.Select(tensor => tensor.Name).Concat(graph.SparseInitializer.Select(GraphTraversal.NameOf));

    private static InvalidDataException Corrupt(string how) => new($"The preprocessing graph {how}: it is not a valid ONNX graph.");

    private static void RemoveAll<T>(RepeatedField<T> items, Func<T, bool> condition)
    {
        var kept = items.Where(item => !condition(item)).ToList();
        items.Clear();
        items.AddRange(kept);
    }
}
