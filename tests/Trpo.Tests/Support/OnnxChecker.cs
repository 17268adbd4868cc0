using System.Text.RegularExpressions;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Tests.Support;

/// <summary>
/// The rules of the ONNX specification for a model, as far as they do not ask what an operator is: those of <c>onnx.checker.check_model</c>,
/// and beside them those that the specification demands of names, outputs and documentation.
/// </summary>
internal sealed partial class OnnxChecker
{
    private readonly List<string> _faults = [];
    private readonly HashSet<string> _domains = new(StringComparer.Ordinal);

    private OnnxChecker()
    {
    }

    /// <summary>Returns the errors of a model.</summary>
    /// <param name="model">The model.</param>
    /// <param name="identifiers">Whether names must be identifiers of C; those that come from columns need not be.</param>
    public static IReadOnlyList<string> Faults(ModelProto model, bool identifiers = true)
    {
        var checker = new OnnxChecker();
        checker.CheckModel(model);
        if (identifiers && model.Graph is not null)
            checker.CheckNames(model.Graph);
        return checker._faults;
    }

    private void CheckModel(ModelProto model)
    {
        Demand(model.IrVersion >= 3, "the model has no IR version, or one before operator sets were imported");
        Demand(model.OpsetImport.Count > 0, "the model imports no operator set");
        Demand(model.DocString.Length > 0, "the model has no documentation");
        foreach (var opset in model.OpsetImport)
        {
            Demand(opset.Version > 0, $"the operator set '{opset.Domain}' has no version");
            Demand(_domains.Add(opset.Domain), $"the operator set '{opset.Domain}' is imported twice");
            Demand(model.IrVersion >= IrVersionOf(opset), $"the operator set '{opset.Domain}' {opset.Version} needs IR version {IrVersionOf(opset)}");
        }

        foreach (var key in Repeated(model.MetadataProps.Select(pair => pair.Key)))
            Fail($"the metadata have '{key}' twice");
        if (model.Graph is null)
        {
            Fail("the model has no graph");
            return;
        }

        Demand(model.Graph.DocString.Length > 0, "the graph has no documentation");
        Demand(model.Graph.Output.Count > 0, "the graph has no outputs");
        foreach (var value in model.Graph.Input.Concat(model.Graph.Output))
            Demand(value.DocString.Length > 0, $"'{value.Name}' has no documentation");
        CheckGraph(model.Graph, []);
    }

    private void CheckGraph(GraphProto graph, IEnumerable<string> outer)
    {
        Demand(graph.Name.Length > 0, "a graph has no name");
        foreach (var value in graph.Input.Concat(graph.Output).Concat(graph.ValueInfo))
            CheckValue(value);
        foreach (var name in Repeated(graph.Output.Select(output => output.Name)))
            Fail($"the output '{name}' is declared twice");
        foreach (var name in Repeated(graph.Initializer.Select(tensor => tensor.Name)))
            Fail($"the initializer '{name}' is defined twice");
        foreach (var name in Repeated(graph.Node.Select(node => node.Name).Where(name => name.Length > 0)))
            Fail($"two nodes are named '{name}'");

        var defined = outer.ToHashSet(StringComparer.Ordinal);
        foreach (var input in graph.Input)
            Demand(defined.Add(input.Name), $"the value '{input.Name}' is defined twice");
        foreach (var tensor in graph.Initializer)
        {
            Demand(tensor.Name.Length > 0, "an initializer has no name");
            foreach (var fault in OnnxTensorRules.Faults(tensor))
                Fail(fault);
            defined.Add(tensor.Name);
        }

        foreach (var node in graph.Node)
            CheckNode(node, defined);
        foreach (var output in graph.Output)
            Demand(defined.Contains(output.Name), $"the output '{output.Name}' is not produced");
    }

    private void CheckNode(NodeProto node, HashSet<string> defined)
    {
        Demand(node.OpType.Length > 0, $"the node '{node.Name}' has no operator");
        Demand(_domains.Contains(node.Domain), $"the node '{node.Name}' uses the domain '{node.Domain}', which is not imported");
        Demand(node.Output.Count > 0 && node.Output[0].Length > 0, $"the node '{node.Name}' has no name for its output");
        foreach (var input in node.Input.Where(name => name.Length > 0))
            Demand(defined.Contains(input), $"the node '{node.Name}' reads '{input}' before it is defined");
        foreach (var name in Repeated(node.Attribute.Select(attribute => attribute.Name)))
            Fail($"the node '{node.Name}' has the attribute '{name}' twice");
        foreach (var attribute in node.Attribute)
            CheckAttribute(attribute, defined);
        foreach (var output in node.Output.Where(name => name.Length > 0))
            Demand(defined.Add(output), $"the value '{output}' is defined twice");
    }

    private void CheckAttribute(AttributeProto attribute, HashSet<string> defined)
    {
        Demand(attribute.Name.Length > 0, "an attribute has no name");
        foreach (var fault in OnnxTensorRules.Faults(attribute))
            Fail(fault);
        foreach (var graph in attribute.G is null ? attribute.Graphs : attribute.Graphs.Prepend(attribute.G))
            CheckGraph(graph, defined);
    }

    private void CheckValue(ValueInfoProto value)
    {
        Demand(value.Name.Length > 0, "an input or output has no name");
        if (value.Type?.TensorType is not { } tensor)
        {
            Fail($"'{value.Name}' has no type");
            return;
        }

        Demand(tensor.ElemType > 0, $"'{value.Name}' has no element type");
        Demand(tensor.Shape is not null, $"'{value.Name}' has no shape");
        var negative = tensor.Shape?.Dim.Any(dimension => dimension.DimValue < 0) ?? false;
        Demand(!negative, $"'{value.Name}' has a negative dimension");
    }

    private void CheckNames(GraphProto graph)
    {
        var names = graph.Input.Concat(graph.Output).Concat(graph.ValueInfo).Select(value => value.Name)
            .Concat(graph.Initializer.Select(tensor => tensor.Name))
            .Concat(graph.Node.SelectMany(node => node.Output.Append(node.Name).Concat(node.Attribute.Select(attribute => attribute.Name))))
            .Append(graph.Name);
        foreach (var name in names.Where(name => name.Length > 0 && !Identifier().IsMatch(name)).Distinct())
            Fail($"the name '{name}' is no identifier");
    }

    // The IR version of the release that brought an operator set.
    private static long IrVersionOf(OperatorSetIdProto opset) => (opset.Domain, opset.Version) switch
    {
        ("ai.onnx.ml", >= 2) => 6,
        ("", >= 15) => 8,
        ("", >= 12) => 7,
        ("", 11) => 6,
        ("", 10) => 5,
        ("", 9) => 4,
        _ => 3,
    };

    private static IEnumerable<string> Repeated(IEnumerable<string> names) => names.GroupBy(name => name).Where(group => group.Count() > 1).Select(group => group.Key);

    private void Demand(bool condition, string fault)
    {
        if (!condition)
            Fail(fault);
    }

    private void Fail(string fault) => _faults.Add(fault);

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Identifier();
}
