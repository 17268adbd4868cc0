using System.Numerics;
using System.Runtime.InteropServices;

namespace Trpo.Reports;

/// <summary>What of a machine matters to speed and to repeatability.</summary>
/// <param name="Cores">The number of processors that the process may use.</param>
/// <param name="VectorBits">The width of the processor's widest vectors that .NET uses, in bits.</param>
/// <param name="Architecture">The processor's architecture.</param>
/// <param name="OperatingSystem">The operating system and its version.</param>
/// <param name="Framework">The version of .NET.</param>
public sealed record MachineDescription(int Cores, int VectorBits, string Architecture, string OperatingSystem, string Framework)
{
    /// <summary>The machine that this runs on.</summary>
    public static MachineDescription Current { get; } = new(
        Environment.ProcessorCount,
        System.Runtime.Intrinsics.Vector512.IsHardwareAccelerated ? 512 : Vector<byte>.Count * 8,
        RuntimeInformation.ProcessArchitecture.ToString(),
        RuntimeInformation.OSDescription,
        RuntimeInformation.FrameworkDescription);
}
