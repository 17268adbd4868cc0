using Trpo.Runtime.Operations;

namespace Trpo.Runtime.Compilation;

/// <summary>A policy as operations on one row. It has no state: any number of threads may run it at once, each in memory of its own.</summary>
internal sealed class RowProgram(RowOperation[] operations, int memory, Slot[] inputs, PolicyOutputs outputs)
{
    /// <summary>The memory that a row needs, in numbers.</summary>
    public int Memory => memory;

    /// <summary>The lengths of the inputs.</summary>
    public IEnumerable<int> InputLengths => inputs.Select(input => input.Length);

    /// <summary>The outputs.</summary>
    public PolicyOutputs Outputs => outputs;

    /// <summary>Runs the operations on a number of rows.</summary>
    /// <param name="observations">The inputs of each row one behind the other.</param>
    /// <param name="values">The memory of the rows.</param>
    /// <param name="rows">The number of rows.</param>
    public void Run(ReadOnlySpan<float> observations, Span<float> values, int rows)
    {
        for (var row = 0; row < rows; row++)
        {
            foreach (var input in inputs)
            {
                observations[..input.Length].CopyTo(input.In(values[(row * memory)..]));
                observations = observations[input.Length..];
            }
        }

        foreach (var operation in operations)
            operation.Run(values, rows, memory);
    }
}
