namespace Trpo.Onnx.Spaces;

/// <summary>What holds of the bounds of every box.</summary>
internal static class BoxBounds
{
    /// <summary>Checks the bounds and returns the number of dimensions.</summary>
    public static int Check(ReadOnlySpan<float> low, ReadOnlySpan<float> high)
    {
        if (low.IsEmpty)
            throw new ArgumentException("A box has at least one dimension.", nameof(low));
        if (low.Length != high.Length)
            throw new ArgumentException($"A box has as many low bounds as high bounds, but there are {low.Length} and {high.Length}.", nameof(high));
        for (var i = 0; i < low.Length; i++)
        {
            // Written so that a NaN bound fails too.
            if (!(low[i] < high[i]))
                throw new ArgumentException($"The bounds of dimension {i} are [{low[i]}, {high[i]}]: the low one must be below the high one.", nameof(low));
        }

        return low.Length;
    }
}
