using System.Runtime.InteropServices;
using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Admission;

/// <summary>The constants of a graph as values.</summary>
internal static class Constants
{
    /// <summary>Returns the value of a constant tensor.</summary>
    /// <exception cref="InvalidDataException">Its data are elsewhere.</exception>
    public static TensorValue Of(TensorProto tensor)
    {
        if (tensor.DataLocation != TensorProto.Types.DataLocation.Default || tensor.ExternalData.Count > 0)
            throw new InvalidDataException("has its data in another file.");
        var longest = tensor.StringData.Select(text => text.Length).DefaultIfEmpty().Max();
        return new TensorValue((DataType)tensor.DataType, [.. tensor.Dims.Select(size => (Extent)size)], Integers(tensor), longest);
    }

    /// <summary>The rule of the operator Constant: the value of one of its attributes.</summary>
    public static void OfNode(OperatorCall call)
    {
        static Extent[] All(IEnumerable<long> values) => [.. values.Select(value => (Extent)value)];
        call.Return(
            call.Attribute("value") is { T: { } tensor } ? Of(tensor)
            : call.Attribute("value_float") is not null ? new TensorValue(DataType.Float, [])
            : call.Attribute("value_floats") is { } floats ? new TensorValue(DataType.Float, [floats.Floats.Count])
            : call.Attribute("value_int") is { } integer ? new TensorValue(DataType.Int64, [], [integer.I])
            : call.Attribute("value_ints") is { } integers ? new TensorValue(DataType.Int64, [integers.Ints.Count], All(integers.Ints))
            : throw new InvalidDataException("it has none of the attributes 'value', 'value_float', 'value_floats', 'value_int' and 'value_ints'."));
    }

    // Longer lists are no shapes.
    private static IReadOnlyList<Extent>? Integers(TensorProto tensor)
    {
        var count = tensor.Dims.Aggregate((Extent)1, (product, size) => product * size).Fixed;
        if (count is < 0 or > TensorValue.MaxKnown)
            return null;
        return (DataType)tensor.DataType switch
        {
            DataType.Int64 when tensor.HasRawData && tensor.RawData.Length == 8 * count => [.. MemoryMarshal.Cast<byte, long>(tensor.RawData.Span).ToArray().Select(value => (Extent)value)],
            DataType.Int64 when !tensor.HasRawData => [.. tensor.Int64Data.Select(value => (Extent)value)],
            DataType.Int32 when tensor.HasRawData && tensor.RawData.Length == 4 * count => [.. MemoryMarshal.Cast<byte, int>(tensor.RawData.Span).ToArray().Select(value => (Extent)(long)value)],
            DataType.Int32 when !tensor.HasRawData => [.. tensor.Int32Data.Select(value => (Extent)(long)value)],
            _ => null,
        };
    }
}
