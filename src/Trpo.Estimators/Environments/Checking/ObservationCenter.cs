using System.Collections.Immutable;
using System.Globalization;

namespace Trpo.Estimators.Environments.Checking;

/// <summary>
/// The check that the observations of a policy vary around 0. A slot is off its center if it has one sign, and its mean is more than <see cref="MaxDeviations"/> of its standard deviations
/// from 0. The variation of such a slot is small beside its constant, which drives hidden units to one side: some trainings settle on one action.
/// </summary>
internal static class ObservationCenter
{
    /// <summary>
    /// The largest absolute mean of a slot, in its standard deviations. A thermostat whose temperatures are about three deviations from 0 ends on a plateau with four of twenty seeds, and with
    /// none once the mean is subtracted.
    /// </summary>
    public const double MaxDeviations = 2;

    private const int MaxNamed = 3;

    /// <summary>Returns a warning for the trainer's log; null if all slots vary around 0 or not at all.</summary>
    /// <param name="observations">Finite observations, <c>[N, length]</c>.</param>
    /// <param name="length">The number of slots.</param>
    /// <param name="column">The name of their column.</param>
    /// <param name="names">The names of the slots; may be empty.</param>
    /// <param name="maskLength">The number of last slots that are an action mask, and not checked.</param>
    public static string? Warning(ReadOnlySpan<float> observations, int length, string column, ImmutableArray<string> names, int maskLength = 0)
    {
        var (named, found) = (new List<string>(), 0);
        for (var slot = 0; slot < length - maskLength; slot++)
        {
            if (Describe(observations, slot, length, names) is { } description && ++found <= MaxNamed)
                named.Add(description);
        }

        if (found == 0)
            return null;
        var more = found > MaxNamed ? string.Create(CultureInfo.InvariantCulture, $", and {found - MaxNamed} more of {length - maskLength}") : "";
        return $"Column '{column}' is off its center: in the first iteration, {string.Join(", ", named)}{more}. A policy sees little of what varies beside a large constant, and may settle on one action: subtract its mean by {(maskLength > 0 ? "NormalizeMeanVariance with fixZero: false in front of the trainer, for everything except the mask" : $"NormalizeMeanVariance(\"{column}\", fixZero: false) in front of the trainer")}.";
    }

    private static string? Describe(ReadOnlySpan<float> observations, int slot, int length, ImmutableArray<string> names)
    {
        var (min, max, sum, rows) = (float.PositiveInfinity, float.NegativeInfinity, 0.0, observations.Length / length);
        for (var i = slot; i < observations.Length; i += length)
            (min, max, sum) = (Math.Min(min, observations[i]), Math.Max(max, observations[i]), sum + observations[i]);
        if (!(min < max) || (min <= 0 && max >= 0))
            return null;
        var (mean, squares) = (sum / rows, 0.0);
        for (var i = slot; i < observations.Length; i += length)
            squares += (observations[i] - mean) * (observations[i] - mean);
        var deviation = Math.Sqrt(squares / rows);
        return Math.Abs(mean) > MaxDeviations * deviation
            ? string.Create(CultureInfo.InvariantCulture, $"slot {ObservationScale.Name(slot, names)} is in [{min:G4}, {max:G4}], around {mean:G4} with a standard deviation of {deviation:G4}")
            : null;
    }
}
