using Trpo.Runtime.Kernels;

namespace Trpo.Runtime.Operations;

/// <summary>The exponential linear unit of each number.</summary>
internal sealed class EluOperation(Slot input, Slot output, RowKernel kernel) : RowOperation
{
    public override void Run(Span<float> memory) => kernel.Elu(input.PaddedIn(memory), output.PaddedIn(memory));
}
