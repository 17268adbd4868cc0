using Google.Protobuf.Collections;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>
/// New names for some values of a graph. A name is replaced wherever it occurs, also in the graphs inside nodes. The new names must not occur in
/// the graph.
/// </summary>
internal sealed class GraphRenaming(IReadOnlyDictionary<string, string> names)
{
    /// <summary>Returns the new name of a value; its own name if it is not renamed.</summary>
    public string Of(string name) => names.GetValueOrDefault(name, name);

    /// <summary>Renames the values of a graph.</summary>
    public void Apply(GraphProto graph)
    {
        if (names.Count == 0)
            return;
        foreach (var inner in GraphTraversal.AllGraphs(graph).ToList())
        {
            foreach (var value in inner.Input.Concat(inner.Output).Concat(inner.ValueInfo))
                value.Name = Of(value.Name);
            foreach (var tensor in inner.Initializer.Concat(inner.SparseInitializer.Select(sparse => sparse.Values).OfType<TensorProto>()))
                tensor.Name = Of(tensor.Name);
            foreach (var node in inner.Node)
            {
                Apply(node.Input);
                Apply(node.Output);
            }
        }
    }

    private void Apply(RepeatedField<string> values)
    {
        for (var i = 0; i < values.Count; i++)
            values[i] = Of(values[i]);
    }
}
