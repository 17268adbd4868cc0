using Trpo.Onnx.Graph.Format;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;

namespace Trpo.Onnx.Conversion;

/// <summary>The values of the attributes of nodes as .NET has them.</summary>
internal static class AttributeValues
{
    /// <summary>Returns the value of an attribute: <c>long</c>, <c>float</c>, <c>string</c>, or an array of one of them.</summary>
    /// <exception cref="NotSupportedException">The attribute is a tensor or a graph.</exception>
    public static object Of(AttributeProto attribute, NodeProto node) => attribute.Type switch
    {
        AttributeType.Int => attribute.I,
        AttributeType.Float => attribute.F,
        AttributeType.String => attribute.S.ToStringUtf8(),
        AttributeType.Ints => attribute.Ints.ToArray(),
        AttributeType.Floats => attribute.Floats.ToArray(),
        AttributeType.Strings => attribute.Strings.Select(text => text.ToStringUtf8()).ToArray(),
        var type => throw new NotSupportedException($"The attribute '{attribute.Name}' of the node '{node.Name}' ({node.OpType}) of the policy's graph is of the type {type}, which ML.NET's converter cannot write."),
    };
}
