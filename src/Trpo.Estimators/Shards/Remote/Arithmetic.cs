using System.Runtime.InteropServices;
using Trpo.Estimators.Kernels;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The properties of a process that the last bits of its results depend on.</summary>
internal static class Arithmetic
{
    /// <summary>Describes the architecture of this process and the width of the vectors that it computes with.</summary>
    public static string OfThisProcess { get; } =
        FormattableString.Invariant($"{RuntimeInformation.ProcessArchitecture} with {sizeof(float) * 8 * PerceptronKernel.VectorLength}-bit vectors");
}
