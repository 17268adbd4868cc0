using Trpo.Runtime.Graph;

namespace Trpo.Runtime.Compilation;

/// <summary>A node while it is compiled: its inputs and attributes, and the refusal of everything else.</summary>
internal sealed class CompiledNode
{
    private readonly GraphCompiler _compiler;
    private readonly OnnxNode _node;
    private readonly HashSet<string> _read = new(StringComparer.Ordinal);

    public CompiledNode(GraphCompiler compiler, OnnxNode node)
    {
        _compiler = compiler;
        _node = node;
    }

    /// <summary>The operator.</summary>
    public string Operation => _node.Operation;

    /// <summary>The names of the outputs.</summary>
    public IReadOnlyList<string> Outputs => _node.Outputs;

    /// <summary>The number of inputs.</summary>
    public int InputCount => _node.Inputs.Count;

    /// <summary>Checks the number of inputs and outputs.</summary>
    public void Expect(int inputs, int outputs = 1)
    {
        if (_node.Inputs.Count != inputs || _node.Outputs.Count != outputs)
            throw Refuse($"has {_node.Inputs.Count} inputs and {_node.Outputs.Count} outputs");
    }

    /// <summary>True if an input is a constant.</summary>
    public bool IsConstant(int input) => _compiler.FindConstant(_node.Inputs[input]) is not null;

    /// <summary>Returns an input that every row has for itself.</summary>
    public RowValue Row(int input) => _compiler.FindValue(_node.Inputs[input]) ?? throw Refuse($"reads '{_node.Inputs[input]}', which is no value of a row");

    /// <summary>Returns an input of numbers that every row has for itself.</summary>
    public RowValue Numbers(int input) => Row(input) is { Type: OnnxElementType.Single } value ? value : throw Refuse($"reads '{_node.Inputs[input]}', which is not float");

    /// <summary>Returns an input of numbers in two dimensions.</summary>
    public RowValue Matrix(int input) => Numbers(input) is { Rank: 2 } value ? value : throw Refuse($"reads '{_node.Inputs[input]}', which has not two dimensions");

    /// <summary>Returns the name of an input.</summary>
    public string Name(int input) => _node.Inputs[input];

    /// <summary>Returns an input that is a constant.</summary>
    public OnnxTensor Constant(int input) => _compiler.FindConstant(_node.Inputs[input]) ?? throw Refuse($"reads '{_node.Inputs[input]}', which is no constant");

    /// <summary>Returns the constant numbers of an input.</summary>
    public float[] ConstantNumbers(int input) => Constant(input) is { ElementType: OnnxElementType.Single } tensor ? tensor.Singles() : throw Refuse($"reads '{_node.Inputs[input]}', which is not float");

    /// <summary>Returns the only integer of a constant input.</summary>
    public long ConstantInteger(int input) =>
        Constant(input) is { ElementType: OnnxElementType.Int64 } tensor && tensor.Integers() is [var only] ? only : throw Refuse($"reads '{_node.Inputs[input]}', which is not one integer");

    /// <summary>Returns the integers of a constant input of one dimension.</summary>
    public IReadOnlyList<long> ConstantIntegers(int input) =>
        Constant(input) is { ElementType: OnnxElementType.Int64, Dimensions: [_] } tensor ? tensor.Integers() : throw Refuse($"reads '{_node.Inputs[input]}', which is no list of integers");

    /// <summary>Returns an attribute that is an integer.</summary>
    public long Integer(string name, long missing) => Attribute(name) is { } attribute ? attribute.Integer ?? throw Refuse($"has the attribute '{name}' without an integer") : missing;

    /// <summary>Returns an attribute that is a number.</summary>
    public float Number(string name, float missing) => Attribute(name) is { } attribute ? attribute.Number ?? throw Refuse($"has the attribute '{name}' without a number") : missing;

    /// <summary>Returns an attribute that is a list of integers; an empty list where there is none.</summary>
    public IReadOnlyList<long> Integers(string name) => Attribute(name)?.Integers ?? [];

    /// <summary>Checks that the operator works along the columns of a row.</summary>
    public void ExpectColumns(long axis)
    {
        if (axis is not (1 or -1))
            throw Refuse($"works along axis {axis}");
    }

    /// <summary>Checks that every attribute was read.</summary>
    public void ExpectNoOthers()
    {
        if (_node.Attributes.FirstOrDefault(attribute => !_read.Contains(attribute.Name)) is { } unknown)
            throw Refuse($"has the attribute '{unknown.Name}'");
        if (_node.Attributes.Count != _read.Count)
            throw Refuse("has an attribute twice");
    }

    /// <summary>Creates the exception for what is not supported.</summary>
    public UnsupportedGraphException Refuse(string what) => new($"The node '{_node.Name}' ({_node.Operation}) {what}.");

    private OnnxAttributeValue? Attribute(string name)
    {
        var attribute = _node.Attributes.FirstOrDefault(attribute => attribute.Name == name);
        if (attribute is not null)
            _read.Add(name);
        return attribute;
    }
}
