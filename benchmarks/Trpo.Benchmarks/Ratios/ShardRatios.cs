using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Benchmarks.Ratios;

/// <summary>Measurements of several shards through <c>Fit</c>: the speed of two threads beside that of one with the same shards, and of 4 shards beside one. Trainings run in turns.</summary>
internal static class ShardRatios
{
    private const int Rows = 16_384;
    private const int Iterations = 8;
    private const int Repeats = 7;

    public static IEnumerable<Ratio> Measure()
    {
        foreach (var (name, environment, layers, bound) in ((string, Func<IEnvironment>, int[], double)[])
            [("cartpole_64_64", () => new CartPole(), [64, 64], 1.7), ("pendulum_256_256", () => new Pendulum(), [256, 256], 1.7)])
        {
            // Environments are stepped by as many threads as update.
            var options = new TrpoOptions { TotalSteps = Iterations * Rows, StepsPerIteration = Rows, FinalStepsPerIteration = Rows, HiddenLayers = layers, Seed = 1, Shards = 4 };
            var times = Interleaved(
                () => Train(environment, options with { Threads = 1 }, threads: 1),
                () => Train(environment, options with { Threads = 2 }, threads: 1),
                () => Train(environment, options with { Threads = 2 }, threads: 2),
                () => Train(environment, options with { Threads = 1, Shards = 1 }, threads: 1),
                () => Train(environment, options with { Threads = 2, Shards = 1 }, threads: 1));
            yield return Ratio.AtLeast(bound, $"{name}_two_threads_per_one", times[0] / times[2]);
            yield return Ratio.AtLeast(bound, $"{name}_two_threads_per_one_with_environments_on_one", times[0] / times[1]);
            yield return Ratio.AtLeast(0.9, $"{name}_four_shards_per_one_on_one_thread", times[3] / times[0]);
            yield return Ratio.AtLeast(0.9, $"{name}_four_shards_per_one_on_two_threads", times[4] / times[1]);
        }
    }

    // The median time of an iteration of each, without the first of a training, in which code is compiled and memory grows.
    private static double[] Interleaved(params ReadOnlySpan<Func<IEnumerable<double>>> contenders)
    {
        var times = new List<double>[contenders.Length];
        for (var repeat = 0; repeat <= Repeats; repeat++)
        {
            for (var i = 0; i < contenders.Length; i++)
            {
                if (repeat == 0)
                    times[i] = [];
                var taken = contenders[i]();
                if (repeat > 0)
                    times[i].AddRange(taken);
            }
        }

        return [.. times.Select(SideBySide.Median)];
    }

    private static List<double> Train(Func<IEnvironment> environment, TrpoOptions options, int threads)
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(environment, count: 16, threads: threads);
        var elapsed = new List<double>();
        ml.ReinforcementLearning.Trainers.Trpo(view, options with { Progress = new Listing(elapsed) }).Fit(view).Dispose();
        return [.. elapsed.Zip(elapsed.Skip(1), (before, after) => after - before)];
    }

    private sealed class Listing(List<double> elapsed) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value) => elapsed.Add(value.Elapsed.TotalMilliseconds);
    }
}
