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
    // Bounds of a row's memory in numbers, and of its multiplications and moves: a perceptron of 2,000 x 2,000 has 4 million.
    private const int MaxLength = 1 << 20;
    private const int MaxMemory = 1 << 22;
    private const long MaxCost = 1 << 26;

    private readonly Dictionary<string, OnnxTensor> _constants;
    private readonly Dictionary<string, RowValue> _values = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _shapes = new(StringComparer.Ordinal);
    private readonly List<RowOperation> _operations = [];
    private int _memory;
    private long _cost;

    private GraphCompiler(OnnxGraph graph)
    {
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
    public static RowProgram Compile(OnnxModel model, PolicyMetadata metadata, RowKernel kernel)
    {
        var graph = model.Graph!;
        if (model.Opsets.FirstOrDefault(set => set.Domain is "" or "ai.onnx").Version != OperatorRules.Opset)
            throw new UnsupportedGraphException($"The graph does not use the operator set {OperatorRules.Opset} of ONNX.");
        var compiler = new GraphCompiler(graph) { Kernel = kernel };
        Slot[] inputs = [.. graph.Inputs.Select(compiler.AddInput)];
        foreach (var node in graph.Nodes)
        {
            if (node.Domain is not ("" or "ai.onnx"))
                throw new UnsupportedGraphException($"The node '{node.Name}' ({node.Operation}) is of the domain '{node.Domain}'.");
            OperatorRules.Compile(compiler, new CompiledNode(compiler, node));
        }

        return new RowProgram([.. compiler._operations], compiler._memory, inputs, new PolicyOutputs(graph, metadata, compiler.FindValue));
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
        _values.Add(name, value);
    }

    /// <summary>Defines a name as a value that an operation computes.</summary>
    public RowValue Define(string name, OnnxElementType type, int rank, int length)
    {
        var value = new RowValue(type, rank, Allocate(length));
        Define(name, value);
        return value;
    }

    /// <summary>Returns memory for numbers of each row.</summary>
    public Slot Allocate(long length)
    {
        if (length is < 1 or > MaxLength || _memory + length > MaxMemory)
            throw new UnsupportedGraphException($"The graph has values of {length} numbers in each row, or too many of them.");
        var slot = new Slot(_memory, (int)length);
        _memory += RowKernel.Padded((int)length);
        return slot;
    }

    /// <summary>Adds an operation.</summary>
    /// <param name="cost">The number of multiplications or moves.</param>
    /// <param name="operation">Creates the operation.</param>
    public void Add(long cost, Func<RowOperation> operation)
    {
        Count(cost);
        _operations.Add(operation());
    }

    /// <summary>Counts multiplications, moves, or the numbers of a constant.</summary>
    public void Count(long cost)
    {
        _cost += cost;
        if (_cost > MaxCost)
            throw new UnsupportedGraphException($"The graph takes more than {MaxCost} operations for each row.");
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
        if (input.ElementType != OnnxElementType.Single || input.Dimensions is not [null, { } length])
            throw new UnsupportedGraphException($"The input '{input.Name}' is not float[N, length].");
        var value = new RowValue(OnnxElementType.Single, Rank: 2, Allocate(length));
        Define(input.Name, value);
        return value.Slot;
    }

    private void Claim(string name)
    {
        if (name.Length == 0 || _values.ContainsKey(name) || _shapes.ContainsKey(name) || _constants.ContainsKey(name))
            throw new UnsupportedGraphException($"The value '{name}' has no name, or is defined twice.");
    }
}
