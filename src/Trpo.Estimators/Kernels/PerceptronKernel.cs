using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Trpo.Estimators.Kernels;

/// <summary>Creates the perceptron kernel with the widest vectors of the processor.</summary>
internal static class PerceptronKernel
{
    /// <summary>The number of rows of which the rows of a batch are padded to a multiple.</summary>
    public const int RowMultiple = 4;

    /// <summary>
    /// Gets the number of elements of the widest vectors that this processor accelerates: 16 (AVX-512), 8 (AVX2), 4 (Arm64), or 0 if there is no kernel for it,
    /// because fused multiply-adds would be emulated.
    /// </summary>
    public static int VectorLength { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? Vector512<float>.Count :
        Vector256.IsHardwareAccelerated && Fma.IsSupported ? Vector256<float>.Count :
        Vector128.IsHardwareAccelerated && (AdvSimd.IsSupported || Fma.IsSupported) ? Vector128<float>.Count : 0;

    /// <summary>Creates a kernel with vectors of <see cref="VectorLength"/>.</summary>
    /// <param name="widths">The number of inputs, the widths of the hidden layers, the number of outputs.</param>
    /// <param name="activation">The activation function between the layers.</param>
    /// <returns>The kernel, or null if the processor has none.</returns>
    public static IPerceptronKernel? Create(IReadOnlyList<int> widths, KernelActivation activation) => Create(widths, activation, VectorLength);

    /// <summary>Creates a kernel with vectors of a given length.</summary>
    /// <param name="widths">The number of inputs, the widths of the hidden layers, the number of outputs.</param>
    /// <param name="activation">The activation function between the layers.</param>
    /// <param name="vectorLength">The number of elements of a vector: 4, 8 or 16. Vectors that the processor does not accelerate are emulated.</param>
    /// <returns>The kernel, or null if there is none for the length.</returns>
    public static IPerceptronKernel? Create(IReadOnlyList<int> widths, KernelActivation activation, int vectorLength) => vectorLength switch
    {
        16 => new PerceptronKernel<Simd512, Vector512<float>>(widths, activation),
        8 => new PerceptronKernel<Simd256, Vector256<float>>(widths, activation),
        4 => new PerceptronKernel<Simd128, Vector128<float>>(widths, activation),
        _ => null,
    };
}
