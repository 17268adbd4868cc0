using System.Globalization;

namespace Trpo.Estimators;

/// <summary>A closed range of a metric's values.</summary>
/// <param name="Min">The least value of the range; negative infinity for no bound.</param>
/// <param name="Max">The greatest value of the range; positive infinity for no bound.</param>
public sealed record MetricRange(double Min, double Max)
{
    /// <summary>Gets the range of all values.</summary>
    public static MetricRange Unbounded { get; } = new(double.NegativeInfinity, double.PositiveInfinity);

    /// <summary>Creates a range without an upper bound.</summary>
    public static MetricRange AtLeast(double min) => new(min, double.PositiveInfinity);

    /// <summary>Creates a range without a lower bound.</summary>
    public static MetricRange AtMost(double max) => new(double.NegativeInfinity, max);

    /// <summary>Returns the range in words, in the invariant culture: <c>0.25 to 0.95</c>, <c>at least 0.2</c>.</summary>
    public override string ToString() => (double.IsFinite(Min), double.IsFinite(Max)) switch
    {
        (true, true) when Min == Max => Text(Min),
        (true, true) => $"{Text(Min)} to {Text(Max)}",
        (true, false) => $"at least {Text(Min)}",
        (false, true) => $"at most {Text(Max)}",
        _ => "any",
    };

    internal static string Text(double value) => value.ToString("G6", CultureInfo.InvariantCulture);
}
