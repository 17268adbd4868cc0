using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>One node of a graph for the rule of its operator: the values that it reads, its attributes, and the values and the work that the rule infers.</summary>
internal sealed class OperatorCall(NodeProto node, IReadOnlyList<TensorValue?> inputs)
{
    private readonly TensorValue?[] _results = new TensorValue?[node.Output.Count];

    /// <summary>The name of the operator.</summary>
    public string Operation => node.OpType;

    /// <summary>The number of inputs, with those that are left out.</summary>
    public int InputCount => inputs.Count;

    /// <summary>The number of outputs.</summary>
    public int OutputCount => node.Output.Count;

    /// <summary>The inferred values of the outputs; null for one that no rule has inferred.</summary>
    public IReadOnlyList<TensorValue?> Results => _results;

    /// <summary>The work in multiply-adds or operations of about a nanosecond, beside one for each element that is read or written.</summary>
    public Extent Work { get; private set; }

    /// <summary>The memory that the operator takes for itself, in bytes.</summary>
    public Extent Workspace { get; private set; }

    /// <summary>Returns an input.</summary>
    /// <exception cref="InvalidDataException">It is left out.</exception>
    public TensorValue Input(int index) => Optional(index) ?? throw new InvalidDataException($"its input {index} is missing.");

    /// <summary>Returns an input; null where it is left out.</summary>
    public TensorValue? Optional(int index) => index < inputs.Count ? inputs[index] : null;

    /// <summary>Returns the integers of an input that decide about a shape.</summary>
    /// <exception cref="InvalidDataException">They are computed from values of a row, so that no bound can be proven.</exception>
    public IReadOnlyList<Extent> Known(int index) =>
        Input(index).Known ?? throw new InvalidDataException($"its input {index}, '{node.Input[index]}', decides about a shape, but is not known before the graph runs: no bound can be proven.");

    /// <summary>Returns the one integer of an input that decides about a shape.</summary>
    /// <exception cref="InvalidDataException">It is not known, or there are none or several.</exception>
    public Extent KnownScalar(int index) =>
        Known(index) is [var value] ? value : throw new InvalidDataException($"its input {index}, '{node.Input[index]}', is {Input(index)} and not one number.");

    /// <summary>Returns the integers of an input that do not depend on the batch.</summary>
    /// <exception cref="InvalidDataException">They are not known or depend on the batch.</exception>
    public IReadOnlyList<long> Constants(int index) =>
        [.. Known(index).Select(value => value.IsFixed ? value.Fixed : throw new InvalidDataException($"its input {index} has {value}, which depends on the batch."))];

    /// <summary>Returns an attribute; null where it is missing.</summary>
    public AttributeProto? Attribute(string name) => node.Attribute.FirstOrDefault(attribute => attribute.Name == name);

    /// <summary>Returns an integer attribute.</summary>
    /// <exception cref="InvalidDataException">It is of another type.</exception>
    public long Integer(string name, long otherwise) => Attribute(name, AttributeType.Int)?.I ?? otherwise;

    /// <summary>Returns the numbers of an attribute; none where it is missing.</summary>
    /// <exception cref="InvalidDataException">It is of another type.</exception>
    public IReadOnlyList<float> Numbers(string name) => Attribute(name, AttributeType.Floats)?.Floats ?? [];

    /// <summary>Returns the texts of an attribute; none where it is missing.</summary>
    /// <exception cref="InvalidDataException">It is of another type.</exception>
    public IReadOnlyList<ByteString> Texts(string name) => Attribute(name, AttributeType.Strings)?.Strings ?? [];

    /// <summary>Returns a list of integers that is an attribute in some operator sets and an input in others; null where both are missing.</summary>
    public IReadOnlyList<long>? Integers(string name, int input = int.MaxValue) =>
        Attribute(name, AttributeType.Ints)?.Ints ?? (Optional(input) is null ? null : Constants(input));

    // OnnxRuntime takes the default in the place of an attribute of another type.
    private AttributeProto? Attribute(string name, AttributeType type) => Attribute(name) is not { } attribute || attribute.Type == type
        ? Attribute(name)
        : throw new InvalidDataException($"its attribute '{name}' is of the type {attribute.Type} instead of {type}.");

    /// <summary>Returns the index of a dimension that may count from the end.</summary>
    /// <exception cref="InvalidDataException">There is no such dimension.</exception>
    public static int Axis(long axis, int rank) =>
        axis >= -rank && axis < rank ? (int)(axis < 0 ? axis + rank : axis) : throw new InvalidDataException($"the axis {axis} does not exist in {rank} dimensions.");

    /// <summary>Adds work.</summary>
    public void Spend(Extent work) => Work += work;

    /// <summary>Adds memory of the operator itself.</summary>
    public void Reserve(Extent bytes) => Workspace += bytes;

    /// <summary>Sets the value of the first output.</summary>
    public void Return(TensorValue value) => Return(0, value);

    /// <summary>Sets the value of the first output.</summary>
    public void Return(DataType type, params IReadOnlyList<Extent> shape) => Return(0, new TensorValue(type, shape));

    /// <summary>Sets the value of an output; one that the node does not have is ignored.</summary>
    public void Return(int index, TensorValue value)
    {
        if (index < _results.Length)
            _results[index] = value;
    }
}
