using Trpo.Runtime.Kernels;

namespace Trpo.Runtime.Operations;

/// <summary>A dense layer on each group of numbers of a row. The kernel takes one group of all rows at a time.</summary>
/// <param name="input">The groups of inputs, each padded.</param>
/// <param name="inputs">The number of inputs of a group, n.</param>
/// <param name="weights">The weights, packed by the kernel.</param>
/// <param name="biases">The biases, <c>[m]</c>, padded.</param>
/// <param name="output">The groups of outputs, each padded.</param>
/// <param name="kernel">The kernel that computes it.</param>
internal sealed class GroupDenseOperation(Slot input, int inputs, float[] weights, float[] biases, Slot output, RowKernel kernel) : RowOperation
{
    public override void Run(Span<float> memory, int rows, int stride)
    {
        var (start, end) = (output.Start, output.Start + output.Length);
        for (var from = input.Start; start < end; start += biases.Length, from += RowKernel.Padded(inputs))
            kernel.Dense(memory, rows, stride, (from, inputs), weights, biases, start);
    }

    public override void Run(Span<float> memory) => Run(memory, 1, memory.Length);
}
