using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;

namespace Trpo.Onnx.Graph;

/// <summary>The value of a node's attribute, such as <c>axis</c>: an integer, a float or a list of integers, each converted implicitly.</summary>
public readonly struct OnnxAttribute
{
    private readonly AttributeProto? _value;

    private OnnxAttribute(AttributeProto value) => _value = value;

    /// <summary>Creates an attribute of ONNX's type INT.</summary>
    /// <param name="value">The integer.</param>
    public static implicit operator OnnxAttribute(long value) => new(new AttributeProto { Type = AttributeType.Int, I = value });

    /// <summary>Creates an attribute of ONNX's type FLOAT. An integer literal creates one of type INT: write <c>1f</c> for a FLOAT.</summary>
    /// <param name="value">The number.</param>
    public static implicit operator OnnxAttribute(float value) => new(new AttributeProto { Type = AttributeType.Float, F = value });

    /// <summary>Creates an attribute of ONNX's type INTS.</summary>
    /// <param name="values">The integers; they are copied.</param>
    /// <exception cref="ArgumentNullException"><paramref name="values"/> is null.</exception>
    public static implicit operator OnnxAttribute(long[] values)
    {
        ArgumentNullException.ThrowIfNull(values);
        return new(new AttributeProto { Type = AttributeType.Ints, Ints = { values } });
    }

    /// <summary>Creates an attribute of ONNX's type STRINGS.</summary>
    internal static OnnxAttribute Strings(IEnumerable<string> values) =>
        new(new AttributeProto { Type = AttributeType.Strings, Strings = { values.Select(ByteString.CopyFromUtf8) } });

    /// <summary>Returns the attribute with a name.</summary>
    /// <exception cref="ArgumentException">The name is empty, or this is the default of the struct, which has no value.</exception>
    internal AttributeProto Named(string name)
    {
        ArgumentException.ThrowIfNullOrEmpty(name);
        var named = _value?.Clone() ?? throw new ArgumentException($"The attribute '{name}' has no value.", nameof(name));
        named.Name = name;
        return named;
    }
}
