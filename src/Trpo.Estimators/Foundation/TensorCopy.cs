using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Trpo.Estimators.Foundation;

/// <summary>Copies between managed memory and libtorch's.</summary>
internal static class TensorCopy
{
    /// <summary>A tensor <c>[rows, columns]</c> of float32 with a copy of the values.</summary>
    public static Tensor From(ReadOnlySpan<float> values, int rows, int columns)
    {
        var tensor = empty(rows, columns, dtype: ScalarType.Float32, device: CPU);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor;
    }

    /// <summary>A vector of float64 with a copy of the values.</summary>
    public static Tensor From(ReadOnlySpan<double> values)
    {
        var tensor = empty(values.Length, dtype: ScalarType.Float64, device: CPU);
        values.CopyTo(MemoryMarshal.Cast<byte, double>(tensor.bytes));
        return tensor;
    }

    /// <summary>Copies all elements of a tensor of any type and shape, in row-major order.</summary>
    public static void Copy(Tensor tensor, Span<double> destination)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().to(ScalarType.Float64, CPU).reshape(-1).contiguous();
        MemoryMarshal.Cast<byte, double>(flat.bytes).CopyTo(destination);
    }

    /// <summary>Copies all elements of a tensor of any type and shape, in row-major order.</summary>
    public static void Copy(Tensor tensor, Span<float> destination)
    {
        using var scope = NewDisposeScope();
        var flat = tensor.detach().to(ScalarType.Float32, CPU).reshape(-1).contiguous();
        MemoryMarshal.Cast<byte, float>(flat.bytes).CopyTo(destination);
    }

    /// <summary>The value of a tensor of one element, of any type.</summary>
    public static double Number(Tensor scalar)
    {
        Span<double> value = stackalloc double[1];
        Copy(scalar, value);
        return value[0];
    }

    /// <summary>All elements of a tensor of any type and shape, in row-major order.</summary>
    public static float[] ToArray(Tensor tensor)
    {
        var values = new float[tensor.numel()];
        Copy(tensor, values);
        return values;
    }
}
