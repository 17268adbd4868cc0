using System.Diagnostics;

namespace Trpo.Benchmarks.Ratios;

/// <summary>A comparison of the median times of several actions that run in turns, so that a slow phase of the machine affects all of them.</summary>
internal static class SideBySide
{
    private const double ShortMilliseconds = 20;

    /// <summary>Times the contenders.</summary>
    /// <returns>The median time of one run of each contender, in milliseconds, in the order of the arguments.</returns>
    public static double[] Time(TimeSpan budget, params ReadOnlySpan<Action> contenders) => Time(budget, minRounds: 5, Elapsed, contenders);

    /// <summary>
    /// Times contenders that compute on the calling thread only, by its processor time where it is known. A short one runs twice in its turn, and the second run counts: the
    /// first finds the caches full of what the contender before it left.
    /// </summary>
    /// <returns>The median time of one run of each contender, in milliseconds, in the order of the arguments.</returns>
    public static double[] TimeThread(TimeSpan budget, int minRounds, params ReadOnlySpan<Action> contenders) => Time(budget, minRounds, Processor, contenders);

    private static double[] Time(TimeSpan budget, int minRounds, Func<Action, double> measure, ReadOnlySpan<Action> contenders)
    {
        var times = new List<double>[contenders.Length];
        for (var i = 0; i < contenders.Length; i++)
        {
            times[i] = [];
            WarmUp(contenders[i], budget / (4 * contenders.Length));
        }

        var clock = Stopwatch.StartNew();
        while (clock.Elapsed < budget || times[0].Count < minRounds)
        {
            for (var i = 0; i < contenders.Length; i++)
                times[i].Add(measure(contenders[i]));
        }

        return [.. times.Select(Median)];
    }

    private static double Elapsed(Action contender)
    {
        var start = Stopwatch.GetTimestamp();
        contender();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Processor(Action contender)
    {
        var first = Once();
        return first > ShortMilliseconds ? first : Once();

        double Once()
        {
            var start = ThreadClock.Milliseconds;
            contender();
            return ThreadClock.Milliseconds - start;
        }
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
