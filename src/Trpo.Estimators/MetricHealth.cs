namespace Trpo.Estimators;

/// <summary>
/// The healthy range of a metric, and the levels at which a report warns of a run or calls it bad. Reports and chart captions read these numbers, docs/metrics.md lists
/// them, and the levels at which <see cref="Health.HealthOptions"/> ends training by default are among them.
/// </summary>
/// <param name="Healthy">The range in which about 90 % of the iterations of healthy trainings lie; docs/metrics.md says on which tasks it was measured.</param>
public sealed record MetricHealth(MetricRange Healthy)
{
    /// <summary>Gets the quantity that the ranges are about, if that is not the metric itself: <c>share of the trust region's radius</c>. Null for the metric itself, the default.</summary>
    public string? Quantity { get; init; }

    /// <summary>Gets the range outside of which a run is worth a look. It is wider than <see cref="Healthy"/> where values outside are harmless on some tasks. Unbounded by default.</summary>
    public MetricRange WarnOutside { get; init; } = MetricRange.Unbounded;

    /// <summary>Gets the value at and below which a run is bad. Null, the default, for none.</summary>
    public double? BadAtOrBelow { get; init; }

    /// <summary>Gets the value at and above which a run is bad. Null, the default, for none.</summary>
    public double? BadAtOrAbove { get; init; }

    /// <summary>Gets the levels of warnings in words: <c>below 0.4 or above 2; bad at 0 or below</c>. Empty if there are none.</summary>
    public string Levels
    {
        get
        {
            string[] warnings = [.. Bound("below", WarnOutside.Min), .. Bound("above", WarnOutside.Max)];
            string[] bad = [.. BadAtOrBelow is { } low ? [$"bad at {MetricRange.Text(low)} or below"] : Array.Empty<string>(), .. BadAtOrAbove is { } high ? [$"bad at {MetricRange.Text(high)} or above"] : Array.Empty<string>()];
            return string.Join("; ", (string[])[.. warnings.Length == 0 ? [] : (string[])[string.Join(" or ", warnings)], .. bad]);

            static string[] Bound(string side, double value) => double.IsFinite(value) ? [$"{side} {MetricRange.Text(value)}"] : [];
        }
    }

    /// <summary>Determines whether a value is bad.</summary>
    /// <returns>True if the value has reached <see cref="BadAtOrBelow"/> or <see cref="BadAtOrAbove"/>; false for NaN.</returns>
    public bool IsBad(double value) => value <= BadAtOrBelow || value >= BadAtOrAbove;

    /// <summary>Determines whether a run with a value is worth a look.</summary>
    /// <returns>True if the value lies outside of <see cref="WarnOutside"/>; false for NaN.</returns>
    public bool NeedsAttention(double value) => value < WarnOutside.Min || value > WarnOutside.Max;

    /// <summary>Returns the healthy range in words: <c>0.25 to 0.95 (share of the trust region's radius)</c>.</summary>
    public override string ToString() => Quantity is null ? $"{Healthy}" : $"{Healthy} ({Quantity})";
}
