namespace Trpo.Reports.Verdicts;

/// <summary>Statistics of measurements, some of which may be missing.</summary>
internal static class SampleStatistics
{
    private const int MinRecent = 10;

    /// <summary>Returns the values that are finite numbers.</summary>
    public static double[] Finite(IEnumerable<double> values) => [.. values.Where(double.IsFinite)];

    /// <summary>Returns the median of the finite values; NaN if there are none.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var finite = Finite(values);
        Array.Sort(finite);
        return finite.Length == 0 ? double.NaN : (finite[(finite.Length - 1) / 2] + finite[finite.Length / 2]) / 2;
    }

    /// <summary>Returns the last fifth of the values, but at least ten if there are so many.</summary>
    public static T[] Recent<T>(IReadOnlyList<T> values) => [.. values.TakeLast(Math.Max(MinRecent, values.Count / 5))];
}
