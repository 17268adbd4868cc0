using System.Diagnostics;

namespace Trpo.Benchmarks.Ratios;

/// <summary>Times several contenders in turns, so that whatever slows the machine down slows all of them, and takes each one's median.</summary>
internal static class SideBySide
{
    /// <returns>The median times of one run, in milliseconds, in the order of the contenders.</returns>
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

    // Long enough for the compiler to have finished its second pass.
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
