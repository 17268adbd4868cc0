using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Trpo.Runtime.Kernels;

/// <summary>
/// The operations of a row that take time: a dense layer and the functions between layers. Memory is padded to multiples of <see cref="Padding"/> numbers.
/// The sums of a layer are in the same order for every width of vectors, so that a row's results depend on that row and on whether the processor
/// fuses multiplication and addition.
/// </summary>
internal abstract class RowKernel
{
    /// <summary>The number of elements that memory is padded to a multiple of: those of the longest vector.</summary>
    public const int Padding = 16;

    /// <summary>Gets the kernel of the longest vectors that the processor has.</summary>
    public static RowKernel Best { get; } =
        Vector512.IsHardwareAccelerated && Avx512F.IsSupported ? new RowKernelOf<Simd512, Vector512<float>>()
        : Vector256.IsHardwareAccelerated && Fma.IsSupported ? new RowKernelOf<Simd256, Vector256<float>>()
        : new RowKernelOf<Simd128, Vector128<float>>();

    /// <summary>Gets every kernel that the processor can run.</summary>
    public static IEnumerable<RowKernel> All
    {
        get
        {
            yield return new RowKernelOf<Simd128, Vector128<float>>();
            if (Fma.IsSupported)
                yield return new RowKernelOf<Simd256, Vector256<float>>();
            if (Avx512F.IsSupported)
                yield return new RowKernelOf<Simd512, Vector512<float>>();
        }
    }

    /// <summary>Returns a length rounded up to a multiple of <see cref="Padding"/>.</summary>
    public static int Padded(int length) => (length + Padding - 1) / Padding * Padding;

    /// <summary>Arranges the weights of a layer in the order in which <see cref="Dense"/> reads them.</summary>
    /// <param name="weights">The weight from input i to output j; 0 for an output of the padding.</param>
    /// <param name="inputs">The number of inputs, n.</param>
    /// <param name="outputs">The number of outputs, m, padded.</param>
    public abstract float[] Pack(Func<int, int, float> weights, int inputs, int outputs);

    /// <summary>Computes a dense layer, <c>y = x W + b</c>, for a number of rows.</summary>
    /// <param name="memory">The memory of the rows, one behind the other.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="stride">The length of a row's memory.</param>
    /// <param name="input">x in the memory of a row, <c>[n]</c>.</param>
    /// <param name="weights">W, packed.</param>
    /// <param name="biases">b, <c>[m]</c>, with <c>m</c> padded.</param>
    /// <param name="output">The index of y, <c>[m]</c>, in the memory of a row.</param>
    public abstract void Dense(Span<float> memory, int rows, int stride, (int Start, int Length) input, ReadOnlySpan<float> weights, ReadOnlySpan<float> biases, int output);

    /// <summary>Computes the hyperbolic tangent of each element.</summary>
    /// <param name="input">The padded input.</param>
    /// <param name="output">The padded output.</param>
    public abstract void Tanh(ReadOnlySpan<float> input, Span<float> output);

    /// <summary>Computes the exponential linear unit of each element, <c>x</c> where it is positive and <c>exp(x) - 1</c> elsewhere.</summary>
    /// <param name="input">The padded input.</param>
    /// <param name="output">The padded output.</param>
    public abstract void Elu(ReadOnlySpan<float> input, Span<float> output);
}
