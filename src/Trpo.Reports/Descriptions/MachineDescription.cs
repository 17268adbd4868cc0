using System.Numerics;
using System.Runtime.InteropServices;

namespace Trpo.Reports.Descriptions;

/// <summary>The properties of a machine that speed and repeatability depend on.</summary>
/// <param name="Cores">The number of processors that the process may use.</param>
/// <param name="VectorBits">The width of the processor's widest vectors that .NET uses, in bits.</param>
/// <param name="Architecture">The processor's architecture.</param>
/// <param name="OperatingSystem">The operating system and its version.</param>
/// <param name="Framework">The version of .NET.</param>
public sealed record MachineDescription(int Cores, int VectorBits, string Architecture, string OperatingSystem, string Framework)
{
    /// <summary>Gets the machine of the current process.</summary>
    public static MachineDescription Current { get; } = new(
        Environment.ProcessorCount,
        System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? 512 : Vector<byte>.Count * 8,
        RuntimeInformation.ProcessArchitecture.ToString(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);
}
