namespace Trpo.Reports.Verdicts;

/// <summary>Statistics of measurements, some of which may be missing.</summary>
internal static class Sample
{
    /// <summary>The values that are finite numbers.</summary>
    public static double[] Known(IEnumerable<double> values) => [.. values.Where(double.IsFinite)];

    /// <summary>The middle value of those that are known; NaN where none is.</summary>
    public static double Median(IEnumerable<double> values)
    {
        var known = Known(values);
        Array.Sort(known);
        return known.Length == 0 ? double.NaN : (known[(known.Length - 1) / 2] + known[known.Length / 2]) / 2;
    }

    /// <summary>The last fifth, which says how the run stands; ten values at least, where there are so many.</summary>
    public static T[] Recent<T>(IReadOnlyList<T> values) => [.. values.TakeLast(Math.Max(10, values.Count / 5))];
}
