using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using static TorchSharp.torch;

namespace Trpo.Estimators.Foundation;

/// <summary>Copies between managed memory and the memory of libtorch.</summary>
internal static class TensorCopy
{
    /// <summary>Creates a float32 tensor <c>[rows, columns]</c> with a copy of the values.</summary>
    public static Tensor From(ReadOnlySpan<float> values, int rows, int columns)
    {
        var tensor = empty(rows, columns, dtype: ScalarType.Float32, device: CPU);
        values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        return tensor;
    }

    /// <summary>Creates a float64 tensor <c>[n]</c> with a copy of the values.</summary>
    public static Tensor From(ReadOnlySpan<double> values)
    {
        var tensor = empty(values.Length, dtype: ScalarType.Float64, device: CPU);
        values.CopyTo(MemoryMarshal.Cast<byte, double>(tensor.bytes));
        return tensor;
    }

    /// <summary>Sets all elements of a floating-point tensor, in row-major order. Contiguous tensors are written without an operation of libtorch, which does not count it as a change.</summary>
    public static void Overwrite(ReadOnlySpan<float> values, Tensor tensor)
    {
        if (!IsPlain(tensor))
        {
            using var scope = NewDisposeScope();
            using var withoutGradients = no_grad();
            tensor.copy_(From(values, 1, values.Length).view(tensor.shape));
        }
        else if (tensor.dtype == ScalarType.Float32)
        {
            values.CopyTo(MemoryMarshal.Cast<byte, float>(tensor.bytes));
        }
        else
        {
            TensorPrimitives.ConvertChecked(values, MemoryMarshal.Cast<byte, double>(tensor.bytes));
        }
    }

    /// <summary>Sets all elements of a floating-point tensor, in row-major order. Contiguous tensors are written without an operation of libtorch, which does not count it as a change.</summary>
    public static void Overwrite(ReadOnlySpan<double> values, Tensor tensor)
    {
        if (!IsPlain(tensor))
        {
            using var scope = NewDisposeScope();
            using var withoutGradients = no_grad();
            tensor.copy_(From(values).view(tensor.shape));
        }
        else if (tensor.dtype == ScalarType.Float32)
        {
            TensorPrimitives.ConvertChecked(values, MemoryMarshal.Cast<byte, float>(tensor.bytes));
        }
        else
        {
            values.CopyTo(MemoryMarshal.Cast<byte, double>(tensor.bytes));
        }
    }

    /// <summary>Copies all elements of a tensor of any type and shape, in row-major order.</summary>
    public static void Copy(Tensor tensor, Span<double> destination)
    {
        if (IsPlain(tensor))
        {
            if (tensor.dtype == ScalarType.Float32)
                TensorPrimitives.ConvertChecked(MemoryMarshal.Cast<byte, float>(tensor.bytes), destination);
            else
                MemoryMarshal.Cast<byte, double>(tensor.bytes).CopyTo(destination);
            return;
        }

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

    /// <summary>Returns the value of a tensor of one element, of any type.</summary>
    public static double Number(Tensor scalar)
    {
        Span<double> value = stackalloc double[1];
        Copy(scalar, value);
        return value[0];
    }

    /// <summary>Returns all elements of a tensor of any type and shape, in row-major order.</summary>
    public static float[] ToArray(Tensor tensor)
    {
        var values = new float[tensor.numel()];
        Copy(tensor, values);
        return values;
    }

    // True if the elements can be accessed in place.
    private static bool IsPlain(Tensor tensor) =>
        tensor.dtype is ScalarType.Float32 or ScalarType.Float64 && tensor.device_type == TorchSharp.DeviceType.CPU && tensor.is_contiguous();
}
