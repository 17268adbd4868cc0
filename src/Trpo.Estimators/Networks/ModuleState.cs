using Trpo.Estimators.Checkpoints;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>The state of a module besides its parameters: its buffers, byte for byte, and the state that it saves itself (<see cref="ICheckpointable"/>).</summary>
internal static class ModuleState
{
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
