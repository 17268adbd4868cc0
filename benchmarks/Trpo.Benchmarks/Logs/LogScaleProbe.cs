using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Benchmarks.Ratios;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Learning;
using Trpo.Runtime.Randomness;

namespace Trpo.Benchmarks.Logs;

/// <summary>A process that learns from a log of 20 values and 10 actions: the verb <c>log-scale-probe</c>, which <see cref="LogScaleRun"/> starts.</summary>
internal static class LogScaleProbe
{
    public const string Verb = "log-scale-probe";

    private const int Length = 20;
    private const int Actions = 10;
    private const int Iterations = 25;
    private const int WarmUpRows = 2_000;

    /// <summary>Prints the values of a <see cref="LogScalePoint"/> on one line.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <returns>0.</returns>
    public static int Execute(int rows)
    {
        // The compiler and the libraries are no part of what grows with the rows.
        Learn(WarmUpRows, Iterations);
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        var before = process.WorkingSet64;
        var (start, times) = (process.TotalProcessorTime, Learn(rows, Iterations));
        process.Refresh();
        var further = SideBySide.Median(times.Skip(1).Zip(times, (end, begin) => end.Seconds - begin.Seconds));
        var (firstWork, furtherWork) = (times[0].Work - start, (times[^1].Work - times[0].Work) / (times.Count - 1));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{times[0].Seconds:F3} {further:F4} {firstWork.TotalSeconds:F3} {furtherWork.TotalSeconds:F4} {process.PeakWorkingSet64 - before}"));
        return 0;
    }

    // The times at which the steps ended, and those of all processors.
    private static List<(double Seconds, TimeSpan Work)> Learn(int rows, int iterations)
    {
        var (ml, times) = (new MLContext(1), new Times());
        ml.ReinforcementLearning.Trainers.TrpoFromLog(new LogColumns(), new() { Seed = 1, Iterations = iterations, Progress = times }).Fit(ml.Data.LoadFromEnumerable(Draw(rows))).Dispose();
        return times.Ends;
    }

    // Action a pays with a chance that grows with value a; actions are tossed for.
    private static IEnumerable<Row> Draw(int rows)
    {
        var random = new RandomSource(11);
        for (var i = 0; i < rows; i++)
        {
            var row = new Row { Observation = new float[Length], Action = (int)(random.NextDouble() * Actions), Probability = 1.0 / Actions };
            foreach (ref var value in row.Observation.AsSpan())
                value = (float)random.NextGaussian();
            row.Reward = random.NextDouble() < 1 / (1 + Math.Exp(-row.Observation[row.Action])) ? 1 : 0;
            yield return row;
        }
    }

    private sealed class Times : IProgress<TrpoFromLogIteration>
    {
        private readonly long _start = Stopwatch.GetTimestamp();

        public List<(double Seconds, TimeSpan Work)> Ends { get; } = [];

        public void Report(TrpoFromLogIteration value)
        {
            using var process = Process.GetCurrentProcess();
            Ends.Add((Stopwatch.GetElapsedTime(_start).TotalSeconds, process.TotalProcessorTime));
        }
    }

    private sealed class Row
    {
        [VectorType(Length)]
        public float[] Observation { get; set; } = [];

        public int Action { get; set; }

        public double Probability { get; set; }

        public double Reward { get; set; }
    }
}
