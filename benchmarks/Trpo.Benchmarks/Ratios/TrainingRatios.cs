using System.Diagnostics;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;

namespace Trpo.Benchmarks.Ratios;

/// <summary>Measurements of training on CartPole through <c>Fit</c>: speed, the share of each phase, steps and time to solve, and memory.</summary>
internal static class TrainingRatios
{
    private const int Seeds = 20;
    private const int Environments = 4;
    private const double Solved = 475;
    private const double Never = 1e9;

    public static IEnumerable<Ratio> Measure()
    {
        // A warm-up: compilation and the loading of libtorch are no part of a run.
        Train(seed: 0, steps: 200_000);
        var runs = Enumerable.Range(1, Seeds).Select(seed => Train(seed, steps: 100_000)).ToList();
        yield return Ratio.AtLeast(300_000, "cartpole_steps_per_second", SideBySide.Median(runs.Select(run => run[^1].StepsPerSecond)));
        var alone = Enumerable.Range(1, Seeds).Select(seed => Train(seed, steps: 100_000, threads: 1)).ToList();
        yield return Ratio.AtLeast(300_000, "cartpole_steps_per_second_on_one_thread", SideBySide.Median(alone.Select(run => run[^1].StepsPerSecond)));

        // A seed that does not solve the task counts with a very large number.
        var solved = runs.Select(run => run.FirstOrDefault(iteration => iteration.MeanReturnOfLast100 >= Solved)).ToList();
        yield return Ratio.AtLeast(Seeds, "cartpole_seeds_solved", solved.Count(iteration => iteration is not null));
        yield return Ratio.AtMost(62_000, "cartpole_median_steps_to_solve", SideBySide.Median(solved.Select(iteration => iteration?.Steps ?? Never)));
        yield return Ratio.AtMost(0.5, "cartpole_longest_seconds_to_solve", solved.Max(iteration => iteration?.Elapsed.TotalSeconds ?? Never));

        foreach (var share in Shares([.. alone.SelectMany(run => run).Select(iteration => iteration.Times)]))
            yield return share;
        yield return Ratio.AtMost(0, "rollout_allocated_bytes_per_step", RolloutAllocation.BytesPerStep());

        using var process = Process.GetCurrentProcess();
        var before = ResidentBytes(process);
        Train(seed: 1, steps: 512 * 1_000);
        yield return Ratio.AtMost(16_000_000, "resident_bytes_grown_in_1000_iterations", ResidentBytes(process) - before);
    }

    private static IEnumerable<Ratio> Shares(List<IterationTimes> times)
    {
        (string Name, TimeSpan Time)[] phases =
        [
            ("rollout", Sum(times, time => time.Rollout)), ("advantages", Sum(times, time => time.Advantages)),
            ("policy_update", Sum(times, time => time.PolicyUpdate)), ("value_fit", Sum(times, time => time.ValueFit)),
        ];
        var all = phases.Sum(phase => phase.Time.TotalSeconds);
        foreach (var (name, time) in phases)
            yield return Ratio.AtMost(1, $"share_of_{name}", time.TotalSeconds / all);
    }

    private static TimeSpan Sum(IEnumerable<IterationTimes> times, Func<IterationTimes, TimeSpan> part) =>
        TimeSpan.FromSeconds(times.Sum(time => part(time).TotalSeconds));

    private static List<TrpoIteration> Train(int seed, int steps, int threads = 2)
    {
        var ml = new MLContext(seed);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), Environments);
        var iterations = new List<TrpoIteration>();
        ml.ReinforcementLearning.Trainers.Trpo(cartPole, new() { TotalSteps = steps, Seed = seed, Threads = threads, Progress = new Listing(iterations) }).Fit(cartPole).Dispose();
        return iterations;
    }

    private static long ResidentBytes(Process process)
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        process.Refresh();
        return process.WorkingSet64;
    }

    private sealed class Listing(List<TrpoIteration> iterations) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value) => iterations.Add(value);
    }
}
