using System.Globalization;
using TorchSharp;
using static TorchSharp.torch;

namespace Trpo.Estimators.Foundation;

/// <summary>A device of libtorch: the processor, which is the default, or a graphics card of CUDA.</summary>
/// <param name="Type">The type of the device.</param>
/// <param name="Index">The index of the graphics card, from 0; 0 for the processor.</param>
internal readonly record struct TorchDevice(DeviceType Type, int Index)
{
    private const string CudaName = "cuda";

    /// <summary>The device of the processor, which needs nothing but libtorch.</summary>
    public const string CpuName = "cpu";

    /// <summary>True for the processor.</summary>
    public bool IsCpu => Type == DeviceType.CPU;

    /// <summary>Reads the name of a device: <c>cpu</c>, <c>cuda</c> (the first graphics card), or <c>cuda:1</c>.</summary>
    /// <exception cref="ArgumentException">The name is none of these.</exception>
    public static TorchDevice Parse(string name, string parameter)
    {
        ArgumentNullException.ThrowIfNull(name, parameter);
        if (name == CpuName)
            return default;
        if (name == CudaName)
            return new(DeviceType.CUDA, 0);
        return name.StartsWith($"{CudaName}:", StringComparison.Ordinal) && int.TryParse(name.AsSpan(CudaName.Length + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var index)
            ? new(DeviceType.CUDA, index)
            : throw new ArgumentException($"{parameter} is '{name}', but must be \"{CpuName}\", \"{CudaName}\" for the first graphics card, or \"{CudaName}:1\" for the second one, and so on.", parameter);
    }

    /// <summary>Throws if libtorch, as this process loaded it, does not have the device.</summary>
    /// <exception cref="InvalidOperationException">libtorch does not have the device; the message says what to install.</exception>
    public void Require()
    {
        if (!IsCpu && RefusalFor(cuda.is_available() ? cuda.device_count() : 0) is { } refusal)
            throw new InvalidOperationException(refusal);
    }

    /// <summary>Returns why the device cannot be used where libtorch has a number of graphics cards; null if it can.</summary>
    public string? RefusalFor(int cards)
    {
        if (IsCpu || Index < cards)
            return null;
        if (cards > 0)
            return string.Create(CultureInfo.InvariantCulture, $"The device '{this}' does not exist: libtorch has {cards} graphics card{(cards == 1 ? "" : "s")}, up to '{new TorchDevice(Type, cards - 1)}'. Set Device to one of them, or to \"{CpuName}\".");
        return $"The device '{this}' cannot be used: the libtorch of this process has no CUDA, or finds no graphics card. Reference the package {(OperatingSystem.IsWindows() ? "TorchSharp-cuda-windows" : "TorchSharp-cuda-linux")} in the version of TorchSharp instead of TorchSharp-cpu, on a machine with an NVIDIA graphics card and its driver; or set Device to \"{CpuName}\".";
    }

    /// <summary>Moves the parameters and buffers of a module to the device. Those that are there stay the same objects.</summary>
    public void Take(nn.Module module)
    {
        var device = this;
        if (module.parameters().Concat(module.buffers()).Any(tensor => tensor.device_type != device.Type || (!device.IsCpu && tensor.device_index != device.Index)))
            module.to(Type, Index);
    }

    /// <inheritdoc/>
    public override string ToString() => IsCpu ? CpuName : string.Create(CultureInfo.InvariantCulture, $"{CudaName}:{Index}");
}
