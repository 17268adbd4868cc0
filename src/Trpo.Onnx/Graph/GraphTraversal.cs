using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>Queries of the values that the parts of a graph define and read. Graphs inside nodes (the branches of If, the bodies of Loop and Scan) are included.</summary>
internal static class GraphTraversal
{
    /// <summary>Returns the graphs inside a node.</summary>
    public static IEnumerable<GraphProto> Subgraphs(NodeProto node) =>
        node.Attribute.SelectMany(attribute => attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G));

    /// <summary>Returns the nodes, and those of the graphs inside them.</summary>
    public static IEnumerable<NodeProto> AllNodes(IEnumerable<NodeProto> nodes) =>
        nodes.SelectMany(node => AllNodes(Subgraphs(node).SelectMany(graph => graph.Node)).Prepend(node));

    /// <summary>Returns the graph, and those inside its nodes.</summary>
    public static IEnumerable<GraphProto> AllGraphs(GraphProto graph) =>
        AllNodes(graph.Node).SelectMany(Subgraphs).Prepend(graph);

    /// <summary>Returns the values that a graph defines, each as often as it is defined; an input with a default value is defined twice.</summary>
    public static IEnumerable<string> Defined(GraphProto graph) =>
        graph.Input.Select(input => input.Name)
            .Concat(graph.Initializer.Select(tensor => tensor.Name))
            .Concat(graph.SparseInitializer.Select(NameOf))
            .Concat(graph.Node.SelectMany(Written));

    /// <summary>Returns the values that a node computes.</summary>
    public static IEnumerable<string> Written(NodeProto node) => node.Output.Where(name => name.Length > 0);

    /// <summary>Returns the values of its graph that a node reads: its inputs, and those that the graphs inside it capture.</summary>
    public static IEnumerable<string> Read(NodeProto node) =>
        node.Input.Where(name => name.Length > 0).Concat(Subgraphs(node).SelectMany(Captured));

    /// <summary>Returns every name of a value that occurs anywhere in a graph.</summary>
    public static IEnumerable<string> Names(GraphProto graph) =>
        AllGraphs(graph).SelectMany(inner => Defined(inner)
            .Concat(inner.Node.SelectMany(node => node.Input))
            .Concat(inner.Output.Concat(inner.ValueInfo).Select(value => value.Name)));

    /// <summary>Returns every constant of a graph: its initializers, and the tensors that are attributes.</summary>
    public static IEnumerable<TensorProto> Tensors(GraphProto graph) =>
        AllGraphs(graph).SelectMany(inner => inner.Initializer.Concat(inner.Node.SelectMany(node => node.Attribute).SelectMany(
            attribute => attribute.T is null ? attribute.Tensors : attribute.Tensors.Prepend(attribute.T))));

    /// <summary>Returns the name of a sparse constant, which is that of its values.</summary>
    public static string NameOf(SparseTensorProto tensor) => tensor.Values?.Name ?? "";

    private static IEnumerable<string> Captured(GraphProto graph) =>
        graph.Node.SelectMany(Read).Concat(graph.Output.Select(output => output.Name)).Except(Defined(graph));
}
