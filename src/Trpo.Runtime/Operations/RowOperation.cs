namespace Trpo.Runtime.Operations;

/// <summary>One step of the computation of a row, in memory that the row has for itself.</summary>
internal abstract class RowOperation
{
    /// <summary>Computes the step for a number of rows.</summary>
    /// <param name="memory">The memory of the rows, one behind the other.</param>
    /// <param name="rows">The number of rows.</param>
    /// <param name="stride">The length of a row's memory.</param>
    public virtual void Run(Span<float> memory, int rows, int stride)
    {
        for (var row = 0; row < rows; row++)
            Run(memory.Slice(row * stride, stride));
    }

    /// <summary>Computes the step for one row.</summary>
    /// <param name="memory">The values of the row.</param>
    public abstract void Run(Span<float> memory);
}
