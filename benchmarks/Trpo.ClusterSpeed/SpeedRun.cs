using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Workers;
using Trpo.Orleans;

namespace Trpo.ClusterSpeed;

/// <summary>A training in two worker processes with Orleans beside the same one in this process on one thread and on two, in turns.</summary>
internal static class SpeedRun
{
    private const int Workers = 2;

    private static readonly TrpoOptions Options = new() { StepsPerIteration = 16_384, FinalStepsPerIteration = 16_384, Seed = 1, Shards = Workers, Threads = 1 };

    /// <summary>Measures and prints a line for each training.</summary>
    /// <param name="microseconds">The time of a step of the environment.</param>
    /// <param name="iterations">The number of iterations of a training; the first one is not counted.</param>
    /// <param name="turns">The number of turns.</param>
    public static async Task<int> ExecuteAsync(int microseconds, int iterations, int turns)
    {
        using var host = await LocalSilo.StartAsync(0, microseconds);
        Process[] silos = [.. Enumerable.Range(1, Workers).Select(index => LocalSilo.StartProcess(index, microseconds))];
        try
        {
            var cluster = await LocalSilo.ClusterOfAsync(host, Workers);
            for (var turn = 0; turn < turns; turn++)
            {
                var one = Train("one process, one thread", 1, null);
                var two = Train("one process, two threads", 2, null);
                var apart = Train("two worker processes", 1, cluster.TrpoWorkers());
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {apart / one:F2} of one thread, {apart / two:F2} of two"));
            }
        }
        finally
        {
            foreach (var silo in silos)
            {
                silo.Kill();
                silo.Dispose();
            }
        }

        return 0;

        double Train(string name, int threads, TrainingWorkers? workers)
        {
            var ml = new MLContext(1);
            var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new BusyCartPole(microseconds), count: 16, threads: threads);
            var reports = new Reports();
            using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, Options with { TotalSteps = Options.StepsPerIteration * iterations, Threads = threads, Workers = workers, Progress = reports }).Fit(view);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{microseconds} us a step, {name}: {reports.StepsPerSecond:N0} steps/s; policy {Convert.ToHexString(SHA256.HashData(policy.Onnx.Span))[..12]}"));
            return reports.StepsPerSecond;
        }
    }

    private sealed class Reports : IProgress<TrpoIteration>
    {
        private readonly Stopwatch _watch = Stopwatch.StartNew();
        private (int Steps, TimeSpan Time)? _first;
        private (int Steps, TimeSpan Time) _last;

        /// <summary>The speed from the end of the first iteration to the end of the last one.</summary>
        public double StepsPerSecond => (_last.Steps - _first!.Value.Steps) / (_last.Time - _first.Value.Time).TotalSeconds;

        public void Report(TrpoIteration value)
        {
            _last = (value.Steps, _watch.Elapsed);
            _first ??= _last;
        }
    }
}
