using System.Runtime.InteropServices;
using Trpo.Estimators.Kernels;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The properties of a process that the last bits of its results depend on.</summary>
internal static class Arithmetic
{
    /// <summary>Describes the platform and the runtime, whose libraries compute exponentials and sines, and the width of the vectors of this process.</summary>
    public static string OfThisProcess { get; } =
        FormattableString.Invariant($".NET {Environment.Version} for {RuntimeInformation.RuntimeIdentifier} with {sizeof(float) * 8 * PerceptronKernel.VectorLength}-bit vectors");
}
