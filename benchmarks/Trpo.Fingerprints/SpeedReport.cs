using System.Diagnostics;
using Microsoft.ML;
using Trpo.Estimators;

namespace Trpo.Fingerprints;

/// <summary>Prints the time per environment step of several training runs, as <c>configuration part nanoseconds</c>.</summary>
internal static class SpeedReport
{
    private const int WarmUps = 10;
    private const int Runs = 5;

    /// <returns>0.</returns>
    public static int Print()
    {
        foreach (var configuration in Configurations.Speed)
        {
            // The compiler replaces the code of hot methods during the first runs.
            for (var seed = -WarmUps; seed <= Runs; seed++)
            {
                var parts = Measure(configuration, Math.Abs(seed));
                if (seed <= 0)
                    continue;
                foreach (var (part, nanoseconds) in parts)
                    Console.WriteLine($"{configuration.Name} {part} {nanoseconds:F1}");
            }
        }

        return 0;
    }

    private static (string Part, double Nanoseconds)[] Measure(Configuration configuration, int seed)
    {
        var ml = new MLContext(seed);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(configuration.Environment);
        var iterations = new List<TrpoIteration>();
        using var process = Process.GetCurrentProcess();
        var before = process.TotalProcessorTime;
        ml.ReinforcementLearning.Trainers.Trpo(environment, configuration.Options with { Seed = seed, Progress = new Collector(iterations) }).Fit(environment).Dispose();
        process.Refresh();
        var processor = process.TotalProcessorTime - before;
        return
        [
            ("total", PerStep(iterations[^1].Elapsed)),
            ("processor", PerStep(processor)),
            ("rollout", PerStep(Sum(times => times.Rollout))),
            ("advantages", PerStep(Sum(times => times.Advantages))),
            ("policy-update", PerStep(Sum(times => times.PolicyUpdate))),
            ("value-fit", PerStep(Sum(times => times.ValueFit))),
        ];

        double PerStep(TimeSpan time) => time.TotalNanoseconds / iterations[^1].Steps;

        TimeSpan Sum(Func<IterationTimes, TimeSpan> part) => TimeSpan.FromTicks(iterations.Sum(iteration => part(iteration.Times).Ticks));
    }

    private sealed class Collector(List<TrpoIteration> iterations) : IProgress<TrpoIteration>
    {
        public void Report(TrpoIteration value) => iterations.Add(value);
    }
}
