using Microsoft.ML;
using Trpo.Benchmarks.Ratios;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Benchmarks.Throughput;

/// <summary>Measures the speed of trainings by the length of an iteration, the width of the networks and the number of threads, on CartPole in 16 environments. Trainings that differ in their threads run in turns.</summary>
internal static class ThroughputRun
{
    private const int Environments = 16;
    private const int Repeats = 5;

    private const int WarmUps = 2;

    // At least; the first one is left out, in which memory grows.
    private const int Iterations = 6;
    private const int MinSteps = 100_000;

    private static readonly int[] Widths = [64, 256];
    private static readonly int[] Rows = [512, 2_048, 8_192, 32_768];

    /// <summary>Measures, writes the picture and prints the table.</summary>
    /// <param name="path">The path of the picture.</param>
    /// <returns>0.</returns>
    public static int Execute(string path)
    {
        int[] threads = [.. Enumerable.Range(0, 4).Select(power => 1 << power).Where(count => count <= Math.Max(2, Environment.ProcessorCount))];
        ThroughputPoint[] points = [.. Widths.SelectMany(width => Rows.SelectMany(rows => Measure(width, rows, threads)))];
        ThroughputPlot.Save(points, path);
        Console.WriteLine($"| hidden layers | steps of an iteration | shards | {string.Join(" | ", threads.Select(count => count == 1 ? "one thread, steps/s" : $"{count} threads"))} |");
        Console.WriteLine($"| --- | --- | --- | {string.Join(" | ", threads.Select(_ => "---"))} |");
        foreach (var group in points.GroupBy(point => (point.Width, point.Rows, point.Shards)))
            Console.WriteLine(FormattableString.Invariant($"| {group.Key.Width}-{group.Key.Width} | {group.Key.Rows:N0} | {group.Key.Shards} | {string.Join(" | ", group.Select(point => Rounded(point.StepsPerSecond)))} |"));
        Console.Error.WriteLine($"Wrote {path}");
        return 0;
    }

    private static IEnumerable<ThroughputPoint> Measure(int width, int rows, int[] threads)
    {
        var times = threads.Select(_ => new List<double>()).ToArray();
        var shards = 0;
        for (var repeat = 0; repeat < WarmUps + Repeats; repeat++)
        {
            for (var i = 0; i < threads.Length; i++)
            {
                var iterations = Train(width, rows, threads[i]);
                shards = iterations[0].Shards;

                // The compiler replaces the code of hot methods during the first trainings.
                if (repeat >= WarmUps)
                    times[i].AddRange(iterations.Zip(iterations.Skip(1), (before, after) => (after.Elapsed - before.Elapsed).TotalSeconds));
            }
        }

        return threads.Zip(times, (count, taken) => new ThroughputPoint(width, rows, count, shards, rows / SideBySide.Median(taken)));
    }

    private static List<TrpoIteration> Train(int width, int rows, int threads)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: Environments, threads: threads);
        var iterations = new List<TrpoIteration>();
        var options = new TrpoOptions
        {
            TotalSteps = Math.Max(Iterations, MinSteps / rows) * rows,
            StepsPerIteration = rows,
            FinalStepsPerIteration = rows,
            HiddenLayers = [width, width],
            Threads = threads,
            Seed = 1,
            Progress = new Listing(iterations),
        };
        ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view).Dispose();
        return iterations;
    }

    private static string Rounded(double number) => FormattableString.Invariant($"{Math.Round(number / 1_000) * 1_000:N0}");

    private sealed class Listing(List<TrpoIteration> iterations) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value) => iterations.Add(value);
    }
}
