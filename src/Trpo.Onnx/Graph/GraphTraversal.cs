using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>Queries of the values that the parts of a graph define and read. The graphs are those of policies, which have no graphs inside nodes.</summary>
internal static class GraphTraversal
{
    /// <summary>Returns the values that a graph defines, each as often as it is defined; an input with a default value is defined twice.</summary>
    public static IEnumerable<string> Defined(GraphProto graph) =>
        graph.Input.Select(input => input.Name)
            .Concat(graph.Initializer.Select(tensor => tensor.Name))
            .Concat(graph.SparseInitializer.Select(NameOf))
            .Concat(graph.Node.SelectMany(Written));

    /// <summary>Returns the values that a node computes.</summary>
    public static IEnumerable<string> Written(NodeProto node) => node.Output.Where(name => name.Length > 0);

    /// <summary>Returns the values that a node reads.</summary>
    public static IEnumerable<string> Read(NodeProto node) => node.Input.Where(name => name.Length > 0);

    /// <summary>Returns every name of a value that occurs anywhere in a graph.</summary>
    public static IEnumerable<string> Names(GraphProto graph) => Defined(graph)
        .Concat(graph.Node.SelectMany(node => node.Input))
        .Concat(graph.Output.Concat(graph.ValueInfo).Select(value => value.Name));

    /// <summary>Returns every constant of a graph: its initializers, and the tensors that are attributes.</summary>
    public static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
        graph.Initializer.Concat(graph.Node.SelectMany(node => node.Attribute).SelectMany(
            attribute => attribute.T is null ? attribute.Tensors : attribute.Tensors.Prepend(attribute.T)));

    /// <summary>Returns the name of a sparse constant, which is that of its values.</summary>
    public static string NameOf(SparseTensorProto tensor) => tensor.Values?.Name ?? "";
}
