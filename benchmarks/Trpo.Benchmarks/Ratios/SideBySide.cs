using System.Diagnostics;

namespace Trpo.Benchmarks.Ratios;

/// <summary>A comparison of the median times of several actions that run in turns, so that a slow phase of the machine affects all of them.</summary>
internal static class SideBySide
{
    /// <summary>Times the contenders.</summary>
    /// <returns>The median time of one run of each contender, in milliseconds, in the order of the arguments.</returns>
    public static double[] Time(TimeSpan budget, params ReadOnlySpan<Action> contenders)
    {
        var times = new List<double>[contenders.Length];
        for (var i = 0; i < contenders.Length; i++)
        {
            times[i] = [];
            WarmUp(contenders[i], budget / (4 * contenders.Length));
        }

        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < budget || times[0].Count < 5)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                var start = Stopwatch.GetTimestamp();
                contenders[i]();
                times[i].Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        }

        return [.. times.Select(Median)];
    }

    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        return (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
    }

    // Long enough for tiered compilation to finish.
    private static void WarmUp(Action contender, TimeSpan time)
    {
        var clock = Stopwatch.StartNew();
        do
        {
            contender();
        }
        while (clock.Elapsed < time);
    }
}
