using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Trpo.Estimators.Kernels;

/// <summary>The kernel that fits the processor.</summary>
internal static class PerceptronKernel
{
    /// <summary>Batches are processed in multiples of this many rows.</summary>
    public const int RowMultiple = 4;

    /// <summary>The number of elements of the widest vectors that this processor computes with; 0 where there is no kernel for it.</summary>
    public static int VectorLength { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? Vector512<float>.Count :
        Vector256.IsHardwareAccelerated && Fma.IsSupported ? Vector256<float>.Count : 0;

    /// <summary>A kernel for a perceptron, or null where this processor has none.</summary>
    /// <param name="widths">The number of inputs, the widths of the hidden layers, the number of outputs.</param>
    /// <param name="activation">What stands between the layers.</param>
    public static IPerceptronKernel? Create(IReadOnlyList<int> widths, KernelActivation activation) => Create(widths, activation, VectorLength);

    /// <summary>A kernel with vectors of a certain length, or null where there is none.</summary>
    public static IPerceptronKernel? Create(IReadOnlyList<int> widths, KernelActivation activation, int vectorLength) => vectorLength switch
    {
        16 => new PerceptronKernel<Simd512, Vector512<float>>(widths, activation),
        8 => new PerceptronKernel<Simd256, Vector256<float>>(widths, activation),
        _ => null,
    };
}
