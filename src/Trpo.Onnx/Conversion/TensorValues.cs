using System.Runtime.InteropServices;
using Trpo.Onnx.Graph.Format;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>The values of constants, which ONNX stores as bytes or as lists.</summary>
internal static class TensorValues
{
    /// <summary>Returns the values of a constant as an array of <c>float</c>, <c>double</c>, <c>long</c> or <c>bool</c>.</summary>
    /// <exception cref="NotSupportedException">The constant has another type.</exception>
    public static Array Of(TensorProto tensor) => (DataType)tensor.DataType switch
    {
        DataType.Float => tensor.HasRawData ? Cast<float>(tensor) : [.. tensor.FloatData],
        DataType.Double => tensor.HasRawData ? Cast<double>(tensor) : [.. tensor.DoubleData],
        DataType.Int64 => tensor.HasRawData ? Cast<long>(tensor) : [.. tensor.Int64Data],
        DataType.Bool => tensor.HasRawData ? [.. Cast<byte>(tensor).Select(value => value != 0)] : tensor.Int32Data.Select(value => value != 0).ToArray(),
        var type => throw new NotSupportedException($"The constant '{tensor.Name}' of the policy's graph is of the type {type}: ML.NET's converter writes those of Float, Double, Int64 and Bool."),
    };

    private static T[] Cast<T>(TensorProto tensor) where T : struct => MemoryMarshal.Cast<byte, T>(tensor.RawData.Span).ToArray();
}
