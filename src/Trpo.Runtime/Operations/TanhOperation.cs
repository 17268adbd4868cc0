using Trpo.Runtime.Kernels;

namespace Trpo.Runtime.Operations;

/// <summary>The hyperbolic tangent of each number.</summary>
internal sealed class TanhOperation(Slot input, Slot output, RowKernel kernel) : RowOperation
{
    public override void Run(Span<float> memory) => kernel.Tanh(input.PaddedIn(memory), output.PaddedIn(memory));
}
