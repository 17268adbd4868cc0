using System.Numerics.Tensors;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>Parameters in messages: in the precision that the model keeps them in, so that a float32 network takes 4 bytes each.</summary>
internal static class ParameterFormat
{
    /// <summary>Writes parameters.</summary>
    /// <param name="writer">Receives them.</param>
    /// <param name="parameters">The parameters, <c>[n]</c>.</param>
    /// <param name="isSingle">True if the model rounds them to single precision.</param>
    public static void WriteParameters(this BinaryWriter writer, ReadOnlySpan<double> parameters, bool isSingle)
    {
        writer.Write(isSingle);
        if (!isSingle)
        {
            writer.WriteSpan(parameters);
            return;
        }

        using var rounded = new PooledArray<float>(parameters.Length);
        TensorPrimitives.ConvertChecked<double, float>(parameters, rounded.Span);
        writer.WriteSpan<float>(rounded.Span);
    }

    /// <summary>Reads parameters.</summary>
    /// <exception cref="InvalidDataException">There are more or fewer.</exception>
    public static void ReadParameters(this BinaryReader reader, Span<double> parameters)
    {
        if (!reader.ReadBoolean())
        {
            reader.ReadSpan(parameters, "parameters");
            return;
        }

        using var rounded = new PooledArray<float>(parameters.Length);
        reader.ReadSpan(rounded.Span, "parameters");
        TensorPrimitives.ConvertChecked<float, double>(rounded.Span, parameters);
    }
}
