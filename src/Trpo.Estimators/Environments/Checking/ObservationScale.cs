using System.Collections.Immutable;
using System.Globalization;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// Judges whether observations, as a policy sees them, are of a scale that a network learns from. A slot is off where its root mean square is
/// above <see cref="Largest"/>, or where everything it says is <see cref="WidestSpread"/> times smaller than the largest slot's root mean
/// square; the largest counts as <see cref="Largest"/> where it is off itself, so that what is small beside it alone is not blamed. A slot that
/// is always 0 says nothing and is left alone.
/// </summary>
internal static class ObservationScale
{
    /// <summary>The largest root mean square that is not off: hidden units saturate from about there.</summary>
    public const double Largest = 10;

    /// <summary>How many times smaller a slot may be than the largest.</summary>
    public const double WidestSpread = 1_000;

    private const int MostNamed = 3;

    /// <summary>The slots that are off, the worst first.</summary>
    /// <param name="observations">Finite observations, <c>[N, length]</c>.</param>
    /// <param name="length">The number of slots.</param>
    /// <param name="maskLength">How many of the last slots are a mask, and not judged.</param>
    public static IReadOnlyList<SlotStatistics> Off(ReadOnlySpan<float> observations, int length, int maskLength = 0)
    {
        var slots = new SlotStatistics[length - maskLength];
        for (var slot = 0; slot < slots.Length; slot++)
            slots[slot] = Measure(observations, slot, length);
        var largest = Math.Min(slots.Max(slot => (double?)slot.RootMeanSquare) ?? 0, Largest);
        return [.. slots
            .Where(slot => slot.RootMeanSquare > Largest || (slot.MaxAbsolute > 0 && slot.MaxAbsolute * WidestSpread < largest))
            .OrderByDescending(slot => Math.Abs(Math.Log(slot.RootMeanSquare)))];
    }

    /// <summary>What to tell whoever trains on such observations, or null where none is off.</summary>
    /// <param name="observations">Finite observations, <c>[N, length]</c>.</param>
    /// <param name="length">The number of slots.</param>
    /// <param name="column">The column that they come from.</param>
    /// <param name="names">The names of the slots, or none.</param>
    /// <param name="maskLength">How many of the last slots are a mask, and not judged.</param>
    public static string? Warning(ReadOnlySpan<float> observations, int length, string column, ImmutableArray<string> names, int maskLength = 0) =>
        Describe(observations, length, names, maskLength) is { } off ? $"Column '{column}' looks unscaled: in the first iteration, {off}. {Advice(column, maskLength > 0)}" : null;

    /// <summary>The slots that are off, in words, the worst first; null where none is off.</summary>
    /// <param name="observations">Finite observations, <c>[N, length]</c>.</param>
    /// <param name="length">The number of slots.</param>
    /// <param name="names">The names of the slots, or none.</param>
    /// <param name="maskLength">How many of the last slots are a mask, and not judged.</param>
    public static string? Describe(ReadOnlySpan<float> observations, int length, ImmutableArray<string> names, int maskLength = 0)
    {
        var off = Off(observations, length, maskLength);
        if (off.Count == 0)
            return null;
        var named = off.Take(MostNamed).Select(slot => string.Create(CultureInfo.InvariantCulture,
            $"slot {(names.IsEmpty ? $"{slot.Slot}" : $"'{names[slot.Slot]}'")} is in [{slot.Min:G4}, {slot.Max:G4}]"));
        var more = off.Count > MostNamed ? $", and {off.Count - MostNamed} more of {length}" : "";
        return $"{string.Join(", ", named)}{more}";
    }

    /// <summary>The way out.</summary>
    /// <param name="column">The column of the observations.</param>
    /// <param name="isMasked">Whether the last slots are a mask, which is not to be scaled.</param>
    public static string Advice(string column, bool isMasked = false)
    {
        var wayOut = isMasked ? "put NormalizeMeanVariance in front of the trainer, for everything but the mask, and let Concatenate put the mask behind" : $"put NormalizeMeanVariance(\"{column}\") in front of the trainer";
        return $"A network learns little from values far from the range of -1 to 1: {wayOut}, or set the trainer's option NormalizeObservations.";
    }

    private static SlotStatistics Measure(ReadOnlySpan<float> observations, int slot, int length)
    {
        var (least, greatest, squares) = (float.PositiveInfinity, float.NegativeInfinity, 0.0);
        for (var i = slot; i < observations.Length; i += length)
        {
            least = Math.Min(least, observations[i]);
            greatest = Math.Max(greatest, observations[i]);
            squares += (double)observations[i] * observations[i];
        }

        return new SlotStatistics(slot, least, greatest, Math.Sqrt(squares / (observations.Length / length)));
    }
}
