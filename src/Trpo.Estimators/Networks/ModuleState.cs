using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Foundation;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>What a module has beside its parameters: its buffers, and whatever else it keeps itself (<see cref="ICheckpointable"/>).</summary>
internal static class ModuleState
{
    public static void Save(nn.Module module, BinaryWriter writer)
    {
        foreach (var (_, buffer) in module.named_buffers())
        {
            var values = new double[buffer.numel()];
            TensorCopy.Copy(buffer, values);
            writer.WriteSpan<double>(values);
        }

        if (module is ICheckpointable own)
            own.SaveState(writer);
    }

    /// <exception cref="InvalidDataException">The module has other buffers.</exception>
    public static void Restore(nn.Module module, BinaryReader reader)
    {
        foreach (var (name, buffer) in module.named_buffers())
        {
            var values = new double[buffer.numel()];
            reader.ReadSpan<double>(values, $"values of the buffer '{name}'");
            TensorCopy.Overwrite(values, buffer);
        }

        if (module is ICheckpointable own)
            own.RestoreState(reader);
    }
}
