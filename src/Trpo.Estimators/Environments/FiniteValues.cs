using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Trpo.Estimators.Environments;

/// <summary>Search for numbers that are not finite, four at a time.</summary>
internal static class FiniteValues
{
    /// <summary>Returns the index of the first value that is NaN or infinite, or -1 if all are finite.</summary>
    /// <param name="values">The values, of any number.</param>
    public static int IndexOfNonFinite(ReadOnlySpan<float> values)
    {
        var i = 0;
        foreach (var four in MemoryMarshal.Cast<float, Vector128<float>>(values))
        {
            // A finite number minus itself is 0; an infinite one gives NaN, and so does NaN.
            if (!Vector128.EqualsAll(four - four, Vector128<float>.Zero))
                break;
            i += Vector128<float>.Count;
        }

        for (; i < values.Length; i++)
        {
            if (!float.IsFinite(values[i]))
                return i;
        }

        return -1;
    }
}
