using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>
/// The check of a graph of a stranger before any engine reads it. Every operator is one of <see cref="OperatorTable"/>, every shape is inferred for all
/// batches, and the memory and the work of every node are counted, those of nodes that depend on no input included: folding them costs no more.
/// </summary>
internal sealed class GraphAdmission
{
    private readonly Dictionary<string, TensorValue> _values = new(StringComparer.Ordinal);
    private readonly long _rows;
    private bool _hasText;
    private Extent _bytes;
    private Extent _work;

    private GraphAdmission(long rows) => _rows = rows;

    /// <summary>Checks a model.</summary>
    /// <param name="model">The model, whose number of parts is bounded.</param>
    /// <param name="maxRowLength">The maximum length of a row in one of its columns.</param>
    /// <param name="freeDimension">The size of dimensions that the inputs leave open, beside the batch; null to refuse them.</param>
    /// <returns>The inferred values by their names.</returns>
    /// <exception cref="InvalidDataException">The graph is not admitted; the message names the node, its operator and the limit.</exception>
    public static IReadOnlyDictionary<string, TensorValue> Check(ModelProto model, int maxRowLength, long? freeDimension = null)
    {
        if (model.Functions.Count > 0)
            throw new InvalidDataException("The model has functions of its own, which policies do not use.");
        var admission = new GraphAdmission(Math.Clamp(AdmissionLimits.BatchValues / Math.Max(1, maxRowLength), 1, AdmissionLimits.Rows));
        admission.Check(model.Graph, freeDimension);
        return admission._values;
    }

    private void Check(GraphProto graph, long? freeDimension)
    {
        if (graph.Node.Count > AdmissionLimits.MaxNodes)
            throw new InvalidDataException($"The graph has {graph.Node.Count} nodes, and {AdmissionLimits.MaxNodes} are admitted.");
        if (graph.Initializer.Count > AdmissionLimits.MaxConstants)
            throw new InvalidDataException($"The graph has {graph.Initializer.Count} constants, and {AdmissionLimits.MaxConstants} are admitted.");
        if (graph.SparseInitializer.Count > 0)
            throw new InvalidDataException("The graph has sparse tensors, which policies do not use.");
        _hasText = graph.Input.Any(input => input.Type?.TensorType?.ElemType == (int)DataType.String);
        foreach (var tensor in graph.Initializer)
            Guard($"The tensor '{tensor.Name}'", () => Define(tensor.Name, Constants.Of(tensor)));
        foreach (var input in graph.Input)
            Guard($"The input '{input.Name}'", () => Define(input.Name, ValueOf(input, freeDimension)));
        for (var i = 0; i < graph.Node.Count; i++)
        {
            var node = graph.Node[i];
            var name = node.Name.Length > 0 ? $"'{node.Name}'" : $"{i}";
            Guard($"The node {name} ({node.OpType})", () => Check(node));
        }

        foreach (var output in graph.Output.Where(output => !_values.ContainsKey(output.Name)))
            throw new InvalidDataException($"The graph does not compute its output '{output.Name}'.");
    }

    private void Check(NodeProto node)
    {
        if (node.Attribute.Any(attribute => attribute.G is not null || attribute.Graphs.Count > 0))
            throw new InvalidDataException("it has a subgraph, and no control flow is admitted.");
        if (node.Input.Count > AdmissionLimits.MaxNodeValues || node.Output.Count > AdmissionLimits.MaxNodeValues)
            throw new InvalidDataException($"it has {node.Input.Count} inputs and {node.Output.Count} outputs, and {AdmissionLimits.MaxNodeValues} are admitted.");
        var domain = node.Domain == "ai.onnx" ? OperatorTable.Standard : node.Domain;
        if (!OperatorTable.Rules.TryGetValue((domain, node.OpType), out var rule))
            throw new InvalidDataException($"the operator '{node.OpType}' of {(domain.Length == 0 ? "ONNX" : $"'{domain}'")} is not among those that are admitted. {WayOut}");
        var inputs = node.Input.Select(Read).ToList();
        var call = new OperatorCall(node, inputs);
        rule(call);

        var (bytes, work) = (call.Workspace, call.Work);
        foreach (var input in inputs)
            work += input?.Count ?? 0;
        foreach (var (output, value) in node.Output.Zip(call.Results).Where(pair => pair.First.Length > 0))
        {
            if (value is null)
                throw new InvalidDataException($"its output '{output}' is not admitted.");
            bytes += value.Bytes;
            work += value.Count;
            Define(output, value);
        }

        Spend(bytes, work);
    }

    private void Spend(Extent bytes, Extent work)
    {
        _bytes += bytes;
        _work += work;
        if (_bytes.For(_rows) > AdmissionLimits.MaxBytes)
            throw new InvalidDataException($"with it, the values that the graph computes for {_rows} rows take {_bytes.For(_rows) >> 20} MiB, {bytes.For(_rows) >> 20} of them its own, and {AdmissionLimits.MaxBytes >> 20} are admitted. {WayOut}");
        if (_work.Fixed > AdmissionLimits.MaxFixedWork)
            throw new InvalidDataException($"with it, the graph takes {_work.Fixed} operations besides those of each row, {work.Fixed} of them its own, and {AdmissionLimits.MaxFixedWork} are admitted. {WayOut}");
        if (_work.PerRow > AdmissionLimits.MaxRowWork)
            throw new InvalidDataException($"with it, the graph takes {_work.PerRow} operations for each row, {work.PerRow} of them its own, and {AdmissionLimits.MaxRowWork} are admitted. {WayOut}");
    }

    private static string WayOut => "If the model is not a stranger's, open it with trust: true.";

    private TensorValue? Read(string name) => name.Length == 0 ? null
        : _values.GetValueOrDefault(name) ?? throw new InvalidDataException($"it reads '{name}', which nothing before it defines.");

    private void Define(string name, TensorValue value)
    {
        if (value.IsText && !_hasText)
            throw new InvalidDataException("it is of texts, but no input of the graph is a text.");
        if (!_values.TryAdd(name, value))
            throw new InvalidDataException($"the value '{name}' is defined twice.");
    }

    private static TensorValue ValueOf(ValueInfoProto input, long? freeDimension)
    {
        if (input.Type?.TensorType is not { } tensor)
            throw new InvalidDataException("is not a tensor.");
        var sizes = tensor.Shape?.Dim ?? [];
        return new TensorValue((DataType)tensor.ElemType, [.. sizes.Select((size, index) => index == 0 && IsFree(size) ? Extent.Batch : SizeOf(size))]);

        Extent SizeOf(TensorShapeProto.Types.Dimension size) => !IsFree(size) ? size.DimValue
            : freeDimension ?? throw new InvalidDataException($"leaves the dimension '{size.DimParam}' open, and only that of the batch may be.");
    }

    private static bool IsFree(TensorShapeProto.Types.Dimension size) =>
        size.ValueCase != TensorShapeProto.Types.Dimension.ValueOneofCase.DimValue || size.DimValue < 0;

    // Rules throw without the name of the node, which they do not know.
    private static void Guard(string what, Action action)
    {
        try
        {
            action();
        }
        catch (InvalidDataException exception)
        {
            throw new InvalidDataException($"{what} is refused: {exception.Message}", exception);
        }
    }
}
