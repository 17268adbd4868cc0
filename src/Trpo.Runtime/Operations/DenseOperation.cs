using Trpo.Runtime.Kernels;

namespace Trpo.Runtime.Operations;

/// <summary>A dense layer.</summary>
/// <param name="input">The inputs, n.</param>
/// <param name="weights">The weights, packed by the kernel.</param>
/// <param name="biases">The biases, <c>[m]</c>, padded.</param>
/// <param name="output">The outputs, m.</param>
/// <param name="kernel">The kernel that computes it.</param>
internal sealed class DenseOperation(Slot input, float[] weights, float[] biases, Slot output, RowKernel kernel) : RowOperation
{
    public override void Run(Span<float> memory, int rows, int stride) => kernel.Dense(memory, rows, stride, (input.Start, input.Length), weights, biases, output.Start);

    public override void Run(Span<float> memory) => Run(memory, 1, memory.Length);
}
