using System.Numerics;

namespace Trpo.Runtime;

/// <summary>The search for NaN, which stands for a missing value.</summary>
public static class MissingValues
{
    /// <summary>True if a value is NaN.</summary>
    /// <param name="values">The values, of an observation or of several.</param>
    public static bool Any(ReadOnlySpan<float> values)
    {
        // Only NaN differs from itself.
        var index = 0;
        for (; index <= values.Length - Vector<float>.Count; index += Vector<float>.Count)
        {
            var vector = new Vector<float>(values[index..]);
            if (!Vector.EqualsAll(vector, vector))
                return true;
        }

        foreach (var value in values[index..])
        {
            if (float.IsNaN(value))
                return true;
        }

        return false;
    }
}
