using Trpo.Estimators.Checkpoints;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>What a module has beside its parameters: its buffers, byte for byte, and whatever else it keeps itself (<see cref="ICheckpointable"/>).</summary>
internal static class ModuleState
{
    public static void Save(nn.Module module, BinaryWriter writer)
    {
        using var scope = NewDisposeScope();
        foreach (var (_, buffer) in module.named_buffers())
            writer.WriteSpan<byte>(buffer.detach().cpu().contiguous().bytes);
        if (module is ICheckpointable own)
            own.SaveState(writer);
    }

    /// <exception cref="InvalidDataException">The module has other buffers.</exception>
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
