using System.Globalization;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;

namespace Trpo.LongRuns;

/// <summary>Measures the peak of the resident memory of a training, as Linux counts it.</summary>
internal static class PeakMemory
{
    private const int Environments = 400;

    public static void Print(int steps, int reused, string network, int[] widths)
    {
        var options = new TrpoOptions
        {
            TotalSteps = steps * (reused + 2),
            StepsPerIteration = steps,
            ReusedIterations = reused,
            HiddenLayers = widths,
            Seed = 1,
            Engine = network == "products" ? TrainingEngine.TorchSharp : TrainingEngine.Automatic,
            Network = network == "torch" ? arguments => new PlainNetwork(arguments.Inputs, arguments.Outputs, arguments.Random, widths[0]) : null,
            Evaluation = network == "evaluated" ? new() { Every = steps, Episodes = 100, KeepBest = true } : null,
        };

        Console.WriteLine(Growth(() => Train(options with { TotalSteps = 2 * Environments, StepsPerIteration = Environments, Evaluation = null }), () => Train(options)));
    }

    /// <summary>Returns how many bytes the resident memory grew at most in a training, after a short one, in which code and libraries are loaded.</summary>
    public static long Growth(Action shortTraining, Action training)
    {
        shortTraining();
        GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
        File.WriteAllText("/proc/self/clear_refs", "5");
        var before = Status("VmRSS:");
        training();
        return Status("VmHWM:") - before;
    }

    private static long Status(string name) =>
        1_024 * long.Parse(File.ReadLines("/proc/self/status").First(line => line.StartsWith(name, StringComparison.Ordinal))[name.Length..^"kB".Length], CultureInfo.InvariantCulture);

    private static void Train(TrpoOptions options)
    {
        var ml = new MLContext(1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: Environments);
        ml.ReinforcementLearning.Trainers.Trpo(cartPole, options).Fit(cartPole).Dispose();
    }
}
