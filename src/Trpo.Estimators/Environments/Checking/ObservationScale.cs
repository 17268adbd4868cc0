using System.Collections.Immutable;
using System.Globalization;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// The check that the observations of a policy are of a scale that a network learns from. A slot is unscaled if its root mean square is above
/// <see cref="MaxRootMeanSquare"/>, or if its maximum absolute value is <see cref="MaxRatio"/> times smaller than the largest root mean square of a slot. That
/// largest value is limited to <see cref="MaxRootMeanSquare"/>, so that a slot is not reported for being small beside an unscaled one alone. All slots that vary are unscaled
/// if none of them reaches <see cref="MinMaxAbsolute"/>. A slot that is always 0 is not reported.
/// </summary>
internal static class ObservationScale
{
    /// <summary>The largest root mean square of a scaled slot: hidden units saturate from about there.</summary>
    public const double MaxRootMeanSquare = 10;

    /// <summary>The largest ratio of the largest root mean square to the maximum absolute value of a slot.</summary>
    public const double MaxRatio = 1_000;

    /// <summary>
    /// The least maximum absolute value of the slots that vary, over all of them. CartPole's returns after 40,000 steps fall from 360 to 180 where its observations are multiplied by
    /// 0.03, which puts them below this, to 60 at 0.01, and to those of chance at 0.003.
    /// </summary>
    public const double MinMaxAbsolute = 0.1;

    private const int MaxNamed = 3;

    /// <summary>Returns the unscaled slots, worst first.</summary>
    /// <param name="observations">Finite observations, <c>[N, length]</c>.</param>
    /// <param name="length">The number of slots.</param>
    /// <param name="maskLength">The number of last slots that are an action mask, and not checked.</param>
    public static IReadOnlyList<SlotStatistics> FindUnscaled(ReadOnlySpan<float> observations, int length, int maskLength = 0)
    {
        var slots = new SlotStatistics[length - maskLength];
        for (var slot = 0; slot < slots.Length; slot++)
            slots[slot] = Measure(observations, slot, length);
        var largest = Math.Min(slots.Max(slot => (double?)slot.RootMeanSquare) ?? 0, MaxRootMeanSquare);
        var reached = slots.Max(slot => slot.Varies ? (double?)slot.MaxAbsolute : null) ?? MinMaxAbsolute;
        return [.. slots
            .Where(slot => (slot.Varies && reached < MinMaxAbsolute) || slot.RootMeanSquare > MaxRootMeanSquare || (slot.MaxAbsolute > 0 && slot.MaxAbsolute * MaxRatio < largest))
            .OrderByDescending(slot => Math.Abs(Math.Log(slot.RootMeanSquare)))];
    }

    /// <summary>Returns a warning for the trainer's log; null if no slot is unscaled.</summary>
    /// <param name="observations">Finite observations, <c>[N, length]</c>.</param>
    /// <param name="length">The number of slots.</param>
    /// <param name="column">The name of their column.</param>
    /// <param name="names">The names of the slots; may be empty.</param>
    /// <param name="maskLength">The number of last slots that are an action mask, and not checked.</param>
    public static string? Warning(ReadOnlySpan<float> observations, int length, string column, ImmutableArray<string> names, int maskLength = 0) =>
        Describe(observations, length, names, maskLength) is { } unscaled ? $"Column '{column}' looks unscaled: in the first iteration, {unscaled}. {Advice(column, maskLength > 0)}" : null;

    /// <summary>Describes the unscaled slots, worst first; returns null if there is none.</summary>
    /// <param name="observations">Finite observations, <c>[N, length]</c>.</param>
    /// <param name="length">The number of slots.</param>
    /// <param name="names">The names of the slots; may be empty.</param>
    /// <param name="maskLength">The number of last slots that are an action mask, and not checked.</param>
    public static string? Describe(ReadOnlySpan<float> observations, int length, ImmutableArray<string> names, int maskLength = 0)
    {
        var unscaled = FindUnscaled(observations, length, maskLength);
        if (unscaled.Count == 0)
            return null;
        var named = unscaled.Take(MaxNamed).Select(slot => string.Create(CultureInfo.InvariantCulture,
            $"slot {Name(slot.Slot, names)} is in [{slot.Min:G4}, {slot.Max:G4}]"));
        var more = unscaled.Count > MaxNamed ? $", and {unscaled.Count - MaxNamed} more of {length}" : "";
        return $"{string.Join(", ", named)}{more}";
    }

    /// <summary>Returns a warning for the trainer's log of slots that the transforms make constant; null if there is none.</summary>
    /// <param name="ignored">The slots, each with its range in the environment.</param>
    /// <param name="column">The name of the column of the observations.</param>
    /// <param name="environment">The name of the environment.</param>
    /// <param name="names">The names of the slots; may be empty.</param>
    public static string? IgnoredWarning(IReadOnlyList<(int Slot, float Min, float Max)> ignored, string column, string environment, ImmutableArray<string> names)
    {
        if (ignored.Count == 0)
            return null;
        var named = ignored.Take(MaxNamed).Select(slot => string.Create(CultureInfo.InvariantCulture, $"slot {Name(slot.Slot, names)} (in [{slot.Min:G4}, {slot.Max:G4}] in the environment)"));
        var more = ignored.Count > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $", and {ignored.Count - MaxNamed} more") : "";
        return $"The policy does not see all that environment '{environment}' shows: behind the transforms, column '{column}' is constant in {string.Join(", ", named)}{more}. A normalizer that is fitted while a slot is constant, as it may be under a random policy, ignores it for good: leave the normalizer out and set the trainer's option NormalizeObservations.";
    }

    /// <summary>Returns a slot's name in messages: its number, or its name in quotation marks.</summary>
    public static string Name(int slot, ImmutableArray<string> names) => names.IsEmpty ? string.Create(CultureInfo.InvariantCulture, $"{slot}") : $"'{names[slot]}'";

    /// <summary>Returns the advice for unscaled observations.</summary>
    /// <param name="column">The column of the observations.</param>
    /// <param name="isMasked">True if the last slots are an action mask, which must not be scaled.</param>
    public static string Advice(string column, bool isMasked = false)
    {
        var remedy = isMasked ? "put NormalizeMeanVariance in front of the trainer, for everything except the mask, and append the mask by Concatenate" : $"put NormalizeMeanVariance(\"{column}\", fixZero: false) in front of the trainer";
        return $"A network learns little from values far from the range of -1 to 1: {remedy}, or set the trainer's option NormalizeObservations.";
    }

    private static SlotStatistics Measure(ReadOnlySpan<float> observations, int slot, int length)
    {
        var (min, max, squares) = (float.PositiveInfinity, float.NegativeInfinity, 0.0);
        for (var i = slot; i < observations.Length; i += length)
        {
            min = Math.Min(min, observations[i]);
            max = Math.Max(max, observations[i]);
            squares += (double)observations[i] * observations[i];
        }

        return new SlotStatistics(slot, min, max, Math.Sqrt(squares / (observations.Length / length)));
    }
}
