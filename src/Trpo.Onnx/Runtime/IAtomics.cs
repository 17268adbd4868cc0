using System.Runtime.CompilerServices;

namespace Trpo.Onnx.Runtime;

/// <summary>
/// The operations on a number by which threads meet. A scheduler that implements them decides at each which thread goes on. As a type parameter that is a struct, an implementation costs
/// nothing: the JIT compiles the generic type for it and inlines the calls. The last parameter is the expression of the first argument, for the trace of a scheduler.
/// </summary>
internal interface IAtomics
{
    /// <summary>Reads a number that other threads write.</summary>
    int Read(ref readonly int location, [CallerArgumentExpression(nameof(location))] string name = "");

    /// <summary>Adds to a number as one operation, and returns the sum.</summary>
    int Add(ref int location, int value, [CallerArgumentExpression(nameof(location))] string name = "");

    /// <summary>Replaces a number as one operation, and returns the earlier one.</summary>
    int Exchange(ref int location, int value, [CallerArgumentExpression(nameof(location))] string name = "");

    /// <summary>Replaces a number if it equals <paramref name="comparand"/>, as one operation, and returns the earlier one.</summary>
    int CompareExchange(ref int location, int value, int comparand, [CallerArgumentExpression(nameof(location))] string name = "");
}
