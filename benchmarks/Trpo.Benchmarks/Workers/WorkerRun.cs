using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Benchmarks.Workers;

/// <summary>Trainings on two workers behind messages that take a set time, beside the model of that time: the iteration without delays, and two delays for each round.</summary>
internal static class WorkerRun
{
    private const int Shards = 2;

    private static readonly double[] Milliseconds = [0, 0.5, 5];

    private static readonly TrpoOptions Options = new() { TotalSteps = 327_680, StepsPerIteration = 16_384, FinalStepsPerIteration = 16_384, Seed = 1, Shards = Shards, Threads = 1 };

    /// <summary>Measures and prints a line for each setting.</summary>
    public static int Execute()
    {
        foreach (var gathers in (bool[])[false, true])
        {
            var options = Options with { GatherFisherRows = gathers };
            Train(options, null);
            var here = Train(options, null);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{(gathers ? "gathered rows" : "products of each shard")}, in this process: {here.Milliseconds:F1} ms an iteration"));
            double? undelayed = null;
            foreach (var delay in Milliseconds)
            {
                var transport = new DelayedTransport(TimeSpan.FromMilliseconds(delay));
                var (iterations, milliseconds) = Train(options, transport);
                undelayed ??= milliseconds;
                var rounds = transport.Requests / (double)iterations / Shards;
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {delay} ms each way: {milliseconds:F1} ms, model {undelayed + (2 * delay * rounds):F1} ms; {rounds:F1} rounds, to a worker {transport.RequestBytes / iterations / Shards:N0} bytes, from it {transport.AnswerBytes / iterations / Shards:N0}"));
            }
        }

        return 0;
    }

    private static (int Iterations, double Milliseconds) Train(TrpoOptions options, DelayedTransport? transport)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 16);
        var iterations = 0;
        var watch = Stopwatch.StartNew();
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, options with { Workers = transport is null ? null : new() { Transport = transport }, Progress = new Counter(() => iterations++) }).Fit(view);
        return (iterations, watch.Elapsed.TotalMilliseconds / iterations);
    }

    private sealed class Counter(Action count) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value) => count();
    }
}
