using Trpo.Runtime.Graph;
using Trpo.Runtime.Kernels;
using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>
/// Translates a checked graph to operations on one row. Every value is computed from one row alone, all lengths are known and bounded before
/// anything is computed, and what is not known is refused.
/// </summary>
internal sealed class GraphCompiler
{
    private readonly Dictionary<string, OnnxTensor> _constants;
    private readonly Dictionary<string, RowValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _shapes = new(StringComparer.Ordinal);
    private readonly Dictionary<(OnnxTensor Weights, bool IsTransposed), float[]> _packed = [];
    private readonly List<RowOperation> _operations = [];
    private readonly GraphBudget _budget;

    private GraphCompiler(OnnxGraph graph, PolicyMetadata metadata)
    {
        _budget = new GraphBudget(graph, metadata);
        _constants = new(StringComparer.Ordinal);
        foreach (var tensor in graph.Initializers)
        {
            if (!_constants.TryAdd(tensor.Name, tensor))
                throw new UnsupportedGraphException($"The constant '{tensor.Name}' is defined twice.");
        }
    }

    /// <summary>The kernel that the operations use.</summary>
    public RowKernel Kernel { get; private init; } = RowKernel.Best;

    /// <summary>Translates a graph.</summary>
    /// <exception cref="UnsupportedGraphException">The graph has something that is not supported; the message names it.</exception>
    /// <exception cref="InvalidDataException">The graph takes more memory or work than is admitted; the message names the node, the number and the limit.</exception>
    public static RowProgram Compile(OnnxModel model, PolicyMetadata metadata, RowKernel kernel)
    {
        var graph = model.Graph!;
        if (model.Opsets.FirstOrDefault(set => set.Domain is "" or "ai.onnx").Version != OperatorRules.Opset)
            throw new UnsupportedGraphException($"The graph does not use the operator set {OperatorRules.Opset} of ONNX.");
        var compiler = new GraphCompiler(graph, metadata) { Kernel = kernel };
        Slot[] inputs = [.. graph.Inputs.Select(compiler.AddInput)];
        for (var i = 0; i < graph.Nodes.Count; i++)
        {
            var node = graph.Nodes[i];
            compiler._budget.Begin(node, i);
            if (node.Domain is not ("" or "ai.onnx"))
                throw new UnsupportedGraphException($"The node '{node.Name}' ({node.Operation}) is of the domain '{node.Domain}'.");
            OperatorRules.Compile(compiler, new CompiledNode(compiler, node));
            foreach (var input in node.Inputs)
                compiler._budget.Work(compiler.FindValue(input)?.Length ?? 0);
        }

        return new RowProgram([.. compiler._operations], compiler._budget.RowMemory, inputs, new PolicyOutputs(graph, metadata, compiler.FindValue));
    }

    /// <summary>Returns a constant; null where there is none of the name.</summary>
    public OnnxTensor? FindConstant(string name) => _constants.GetValueOrDefault(name);

    /// <summary>Returns a value of a row; null where there is none of the name.</summary>
    public RowValue? FindValue(string name) => _values.GetValueOrDefault(name);

    /// <summary>Returns the length of a row of the value whose shape a name stands for; null where it stands for none.</summary>
    public int? FindShape(string name) => _shapes.TryGetValue(name, out var length) ? length : null;

    /// <summary>Defines a name as the shape of a value.</summary>
    public void DefineShape(string name, RowValue value)
    {
        Claim(name);
        _shapes.Add(name, value.Length);
    }

    /// <summary>Defines a name as a value that exists, or a part of it.</summary>
    public void Define(string name, RowValue value)
    {
        Claim(name);
        _budget.Compute(value);
        _values.Add(name, value);
    }

    /// <summary>Defines a name as a value that an operation computes.</summary>
    public RowValue Define(string name, OnnxElementType type, int rank, int length)
    {
        var value = new RowValue(type, rank, Allocate(length));
        Define(name, value);
        return value;
    }

    /// <summary>Defines a name as a value of the shape of another that an operation computes.</summary>
    public RowValue Define(string name, OnnxElementType type, RowValue shape)
    {
        var value = new RowValue(type, shape.Rank, Allocate(shape.Length)) { Columns = shape.Columns };
        Define(name, value);
        return value;
    }

    /// <summary>Defines a name as a value of three dimensions that an operation computes.</summary>
    public RowValue DefineGroups(string name, OnnxElementType type, int groups, int columns)
    {
        var value = new RowValue(type, Rank: 3, Allocate((long)groups * RowKernel.Padded(columns))) { Columns = columns };
        Define(name, value);
        return value;
    }

    /// <summary>Returns memory for numbers of each row.</summary>
    public Slot Allocate(long length)
    {
        if (length < 1)
            throw new UnsupportedGraphException($"The graph has values of {length} numbers in each row.");
        return new Slot(_budget.Take(length), (int)length);
    }

    /// <summary>Adds an operation.</summary>
    /// <param name="work">The work in operations of about a nanosecond, beside one for each number that is read or written.</param>
    /// <param name="operation">Creates the operation.</param>
    public void Add(long work, Func<RowOperation> operation)
    {
        _budget.Work(work);
        _operations.Add(operation());
    }

    /// <summary>Counts the numbers of a constant as an operation keeps them.</summary>
    public void CountConstant(int length) => _budget.Pack(RowKernel.Padded(length));

    /// <summary>Returns the weights of a layer as the kernel reads them. Layers that share weights share them packed.</summary>
    public float[] Pack(OnnxTensor weights, bool isTransposed, int inputs, int outputs)
    {
        if (_packed.TryGetValue((weights, isTransposed), out var packed))
            return packed;
        var padded = RowKernel.Padded(outputs);
        _budget.Pack((long)inputs * padded);
        var numbers = weights.Singles();
        packed = Kernel.Pack((i, j) => j >= outputs ? 0 : numbers[isTransposed ? (j * inputs) + i : (i * outputs) + j], inputs, padded);
        _packed.Add((weights, isTransposed), packed);
        return packed;
    }

    /// <summary>Returns a value as an operand of a length: itself, or copies of its only number.</summary>
    public Slot Broadcast(RowValue value, int length)
    {
        if (value.Length == length)
            return value.Slot;
        if (value.Length != 1)
            throw new UnsupportedGraphException($"Values of {value.Length} and {length} numbers are combined.");
        var slot = Allocate(length);
        Add(length, () => new FillOperation(value.Slot, slot));
        return slot;
    }

    private Slot AddInput(OnnxValue input)
    {
        if (input.ElementType != OnnxElementType.Single || input.Dimensions is not [null, { } length] || length > GraphBudget.MaxRowMemory / 2)
            throw new UnsupportedGraphException($"The input '{input.Name}' is not float[N, length] with at most {GraphBudget.MaxRowMemory / 2} columns.");
        var value = new RowValue(OnnxElementType.Single, Rank: 2, Allocate(length));
        Claim(input.Name);
        _values.Add(input.Name, value);
        return value.Slot;
    }

    private void Claim(string name)
    {
        if (name.Length == 0 || _values.ContainsKey(name) || _shapes.ContainsKey(name) || _constants.ContainsKey(name))
            throw new UnsupportedGraphException($"The value '{name}' has no name, or is defined twice.");
    }
}
