using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>
/// The check of a graph of a stranger before any engine reads it. Every operator is one of <see cref="OperatorTable"/>, every shape is inferred for all
/// batches, and the memory and the work of every node are counted, those of nodes that depend on no input included: folding them costs no more.
/// </summary>
internal sealed class GraphAdmission
{
    private const int MaxNames = 20;

    // Memory that is written for the first time costs more than the computation of a number.
    private const long WriteWork = 3;

    private readonly Dictionary<string, TensorValue> _values = new(StringComparer.Ordinal);
    private readonly long _rows;
    private readonly string _wayOut;

    // The values that depend on no input, with their bytes.
    private readonly Dictionary<string, long> _constants = new(StringComparer.Ordinal);
    private bool _hasText;
    private long _maxConstantBytes = AdmissionLimits.MaxConstantBytes;
    private long _constantBytes;
    private Extent _bytes;
    private Extent _inputBytes;
    private Extent _work;

    private GraphAdmission(long rows, string wayOut)
    {
        _rows = rows;
        _wayOut = wayOut;
    }

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
        var rows = Math.Clamp(AdmissionLimits.BatchValues / Math.Max(1, maxRowLength), 1, AdmissionLimits.Rows);

        // Only a policy's own file can be opened on the caller's word, and only a graph in front of one leaves dimensions open.
        var admission = new GraphAdmission(rows, freeDimension is null ? " If the model is not a stranger's, open it with trust: true." : "");
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
        CheckOperators(graph);
        foreach (var tensor in graph.Initializer)
            Guard($"The tensor '{tensor.Name}'", () => DefineConstant(tensor.Name, Constants.Of(tensor), isOfFile: true));
        foreach (var input in graph.Input)
            Guard($"The input '{input.Name}'", () => DefineInput(input.Name, ValueOf(input, freeDimension)));
        for (var i = 0; i < graph.Node.Count; i++)
        {
            var node = graph.Node[i];
            var name = node.Name.Length > 0 ? $"'{node.Name}'" : $"{i}";
            Guard($"The node {name} ({node.OpType})", () => Check(node));
        }

        foreach (var output in graph.Output.Where(output => !_values.ContainsKey(output.Name)))
            throw new InvalidDataException($"The graph does not compute its output '{output.Name}'.");
    }

    // All of them at once: whoever exports a network learns what to replace.
    private void CheckOperators(GraphProto graph)
    {
        var unknown = graph.Node.Where(node => !OperatorTable.Rules.ContainsKey((DomainOf(node), node.OpType))).ToList();
        if (unknown.Count == 0)
            return;
        string[] names = [.. unknown.Select(node => $"'{node.OpType}' of {(DomainOf(node).Length == 0 ? "ONNX" : $"'{node.Domain}'")}").Distinct()];
        var list = names.Length > MaxNames ? $"{string.Join(", ", names[..MaxNames])} and {names.Length - MaxNames} others" : string.Join(", ", names);
        var first = unknown[0].Name.Length > 0 ? $", first in the node '{unknown[0].Name}'" : "";
        throw new InvalidDataException($"The graph has operators that are not among those that are admitted: {list}{first}.{_wayOut}");
    }

    private static string DomainOf(NodeProto node) => node.Domain == "ai.onnx" ? OperatorTable.Standard : node.Domain;

    private void Check(NodeProto node)
    {
        if (node.Attribute.Any(attribute => attribute.G is not null || attribute.Graphs.Count > 0))
            throw new InvalidDataException("it has a subgraph, and no control flow is admitted.");

        // OnnxRuntime takes the last of several.
        if (node.Attribute.GroupBy(attribute => attribute.Name).FirstOrDefault(named => named.Skip(1).Any()) is { } repeated)
            throw new InvalidDataException($"it has the attribute '{repeated.Key}' twice.");
        if (node.Input.Count > AdmissionLimits.MaxNodeValues || node.Output.Count > AdmissionLimits.MaxNodeValues)
            throw new InvalidDataException($"it has {node.Input.Count} inputs and {node.Output.Count} outputs, and {AdmissionLimits.MaxNodeValues} are admitted.");
        var inputs = node.Input.Select(Read).ToList();
        var call = new OperatorCall(node, inputs);
        OperatorTable.Rules[(DomainOf(node), node.OpType)](call);

        foreach (var constant in node.Input.Distinct().Where(_constants.ContainsKey))
            _constantBytes += _constants[constant];
        if (_constantBytes > _maxConstantBytes)
            throw new InvalidDataException($"with it, the constants that nodes read take {_constantBytes >> 20} MiB, counted for each of them, and {_maxConstantBytes >> 20} are admitted.{_wayOut}");
        var isConstant = node.Input.All(name => name.Length == 0 || _constants.ContainsKey(name));
        var (bytes, work) = (call.Workspace, call.Work);
        foreach (var input in inputs)
            work += input?.Count ?? 0;
        foreach (var (output, value) in node.Output.Zip(call.Results).Where(pair => pair.First.Length > 0))
        {
            if (value is null)
                throw new InvalidDataException($"its output '{output}' is not admitted.");
            bytes += value.Bytes;
            work += value.Count * WriteWork;
            if (isConstant)
                DefineConstant(output, value, isOfFile: node.Input.Count == 0);
            else
                Define(output, value);
        }

        Spend(bytes, work);
    }

    private void Spend(Extent bytes, Extent work)
    {
        _bytes += bytes;
        _work += work;
        if (_bytes.For(_rows) > AdmissionLimits.MaxBytes)
            throw new InvalidDataException($"with it, the values that the graph computes for {_rows} rows take {_bytes.For(_rows) >> 20} MiB, {bytes.For(_rows) >> 20} of them its own, and {AdmissionLimits.MaxBytes >> 20} are admitted.{_wayOut}");
        if (_work.Fixed > AdmissionLimits.MaxFixedWork)
            throw new InvalidDataException($"with it, the graph takes {_work.Fixed} operations besides those of each row, {work.Fixed} of them its own, and {AdmissionLimits.MaxFixedWork} are admitted.{_wayOut}");
        if (_work.PerRow > AdmissionLimits.MaxRowWork)
            throw new InvalidDataException($"with it, the graph takes {_work.PerRow} operations for each row, {work.PerRow} of them its own, and {AdmissionLimits.MaxRowWork} are admitted.{_wayOut}");
    }

    private TensorValue? Read(string name) => name.Length == 0 ? null
        : _values.GetValueOrDefault(name) ?? throw new InvalidDataException($"it reads '{name}', which nothing before it defines.");

    private void DefineConstant(string name, TensorValue value, bool isOfFile)
    {
        Define(name, value);
        _constants.Add(name, value.Bytes.Fixed);
        if (isOfFile)
            _maxConstantBytes += 2 * value.Bytes.Fixed;
    }

    // Memory for the inputs is made whether nodes read them or not.
    private void DefineInput(string name, TensorValue value)
    {
        Define(name, value);
        _inputBytes += value.Bytes;
        if (_inputBytes.For(_rows) > AdmissionLimits.MaxBytes)
            throw new InvalidDataException($"with it, the inputs take {_inputBytes.For(_rows) >> 20} MiB for {_rows} rows, and {AdmissionLimits.MaxBytes >> 20} are admitted.{_wayOut}");
    }

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
