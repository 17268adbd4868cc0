using Google.Protobuf.Collections;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>
/// New names for some values of a graph. A name changes wherever it occurs, in the graphs inside nodes too; as the new ones occur nowhere,
/// nothing is confused that was not before.
/// </summary>
internal sealed class GraphRenaming(IReadOnlyDictionary<string, string> names)
{
    /// <summary>What a value is called from now on.</summary>
    public string Of(string name) => names.GetValueOrDefault(name, name);

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
