namespace Trpo.Runtime.Spaces;

/// <summary>The check of the bounds of boxes.</summary>
internal static class BoxBounds
{
    /// <summary>Checks the bounds and returns the number of dimensions.</summary>
    /// <param name="low">The low bounds.</param>
    /// <param name="high">The high bounds.</param>
    /// <param name="owner">The owner of the bounds, for the messages.</param>
    public static int Check(ReadOnlySpan<float> low, ReadOnlySpan<float> high, string owner = "a box")
    {
        if (low.IsEmpty)
            throw new ArgumentException($"There must be at least one dimension in {owner}.", nameof(low));
        if (low.Length != high.Length)
            throw new ArgumentException($"There must be as many low bounds as high bounds in {owner}, but there are {low.Length} and {high.Length}.", nameof(high));
        for (var i = 0; i < low.Length; i++)
        {
            // Written so that a NaN bound fails too.
            if (!(low[i] < high[i]))
                throw new ArgumentException(FormattableString.Invariant($"The bounds of dimension {i} of {owner} are [{low[i]}, {high[i]}]: the low bound must be below the high bound."), nameof(low));
        }

        return low.Length;
    }
}
