using Google.Protobuf.Collections;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>New names for some values of a graph. A name is replaced wherever it occurs. The new names must not occur in the graph.</summary>
internal sealed class GraphRenaming(IReadOnlyDictionary<string, string> names)
{
    /// <summary>Returns the new name of a value; its own name if it is not renamed.</summary>
    public string Of(string name) => names.GetValueOrDefault(name, name);

    /// <summary>Renames the values of a graph.</summary>
    public void Apply(GraphProto graph)
    {
        if (names.Count == 0)
            return;
        foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
            value.Name = Of(value.Name);
        foreach (var tensor in graph.Initializer.Concat(graph.SparseInitializer.Select(sparse => sparse.Values).OfType<TensorProto>()))
            tensor.Name = Of(tensor.Name);
        foreach (var node in graph.Node)
        {
            Apply(node.Input);
            Apply(node.Output);
        }
    }

    private void Apply(RepeatedField<string> values)
    {
        for (var i = 0; i < values.Count; i++)
            values[i] = Of(values[i]);
    }
}
