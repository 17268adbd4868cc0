namespace Trpo.Runtime.Graph;

/// <summary>A type of message in an ONNX model, with the fields that policies use.</summary>
internal sealed class OnnxMessage
{
    private readonly Dictionary<int, OnnxField> _fields;
    private readonly IReadOnlyDictionary<int, string> _refused;

    /// <param name="name">The name in the ONNX specification.</param>
    /// <param name="fields">The fields.</param>
    /// <param name="refused">Fields of the specification that policies do not use, with a description of their content.</param>
    public OnnxMessage(string name, OnnxField[] fields, IReadOnlyDictionary<int, string>? refused = null)
    {
        Name = name;
        Fields = [.. fields.OrderBy(field => field.Number)];
        _fields = fields.ToDictionary(field => field.Number);
        _refused = refused ?? new Dictionary<int, string>();
    }

    /// <summary>The name in the ONNX specification.</summary>
    public string Name { get; }

    /// <summary>The fields in the order of their numbers.</summary>
    public IReadOnlyList<OnnxField> Fields { get; }

    /// <summary>Returns a field by its number.</summary>
    /// <exception cref="InvalidDataException">Policies do not use the field.</exception>
    public OnnxField Find(int number)
    {
        if (_refused.TryGetValue(number, out var content))
            throw new InvalidDataException($"The model has {content}, which policies do not use.");
        return _fields.GetValueOrDefault(number)
            ?? throw new InvalidDataException($"The bytes are not an ONNX model, or one of a newer version: field {number} of a {Name} is not known.");
    }
}
