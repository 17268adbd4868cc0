using Trpo.Estimators.Checkpoints;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>The state of a module besides its parameters: its buffers, byte for byte, and the state that it saves itself (<see cref="ICheckpointable"/>).</summary>
internal static class ModuleState
{
    /// <summary>Reads the parameters of a network.</summary>
    /// <param name="reader">Reads their number and the parameters.</param>
    /// <param name="length">The number of parameters.</param>
    /// <param name="isSingle">True if the network keeps them in single precision.</param>
    /// <param name="what">The parameters, for messages.</param>
    /// <exception cref="InvalidDataException">There is another number of parameters, or one is not finite, in single precision where <paramref name="isSingle"/>.</exception>
    public static double[] ReadParameters(BinaryReader reader, int length, bool isSingle, string what)
    {
        var parameters = new double[length];
        reader.ReadSpan<double>(parameters, what);
        var max = isSingle ? float.MaxValue : double.MaxValue;
        StateSpans.RequireWithin(parameters, -max, max, what);
        return parameters;
    }

    /// <summary>Writes the state.</summary>
    public static void Save(nn.Module module, BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, buffer) in module.named_buffers())
            writer.WriteSpan<byte>(buffer.detach().cpu().contiguous().bytes);
        if (module is ICheckpointable own)
            own.SaveState(writer);
    }

    /// <summary>Reads the state that <see cref="Save"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The state is of a module with other buffers.</exception>
    public static void Restore(nn.Module module, BinaryReader reader)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        foreach (var (name, buffer) in module.named_buffers())
        {
            var values = empty(buffer.shape, dtype: buffer.dtype, device: CPU);
            reader.ReadSpan(values.bytes, $"bytes of the buffer '{name}'");
            buffer.copy_(values);
        }

        if (module is ICheckpointable own)
            own.RestoreState(reader);
    }
}
