namespace Trpo.Estimators.Logs.Estimation;

/// <summary>A hash of 64 bits of a row's content, equal in every process.</summary>
internal static class RowHash
{
    /// <summary>Computes the hash of an observation and a number.</summary>
    /// <param name="observation">The observation.</param>
    /// <param name="number">The number.</param>
    /// <param name="seed">The seed.</param>
    public static ulong Of(ReadOnlySpan<float> observation, double number, ulong seed)
    {
        var hash = Mix(seed + 0x9E3779B97F4A7C15);
        foreach (var value in observation)
            hash = Mix(hash ^ BitConverter.SingleToUInt32Bits(value));
        return Mix(hash ^ BitConverter.DoubleToUInt64Bits(number));
    }

    /// <summary>Computes the hash of a mask, an action and a number.</summary>
    /// <param name="eligible">The mask; empty for none.</param>
    /// <param name="outcome">The action and the number.</param>
    /// <param name="seed">The seed.</param>
    public static ulong Of(ReadOnlySpan<bool> eligible, (int Action, int Number) outcome, ulong seed)
    {
        var hash = Mix(seed + 0x9E3779B97F4A7C15);
        foreach (var value in eligible)
            hash = Mix(hash ^ (value ? 1UL : 0));
        return Mix(Mix(hash ^ (ulong)outcome.Action) ^ (ulong)outcome.Number);
    }

    // The finalizer of SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators" (2014)).
    private static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return (value ^ (value >> 31)) + 0x9E3779B97F4A7C15;
    }
}
