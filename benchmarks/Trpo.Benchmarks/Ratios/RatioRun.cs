using System.Diagnostics;
using System.Globalization;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.NativeLibraries;

namespace Trpo.Benchmarks.Ratios;

/// <summary>The verb <c>ratios</c>: takes all measurements that have a bound, and prints a line for each.</summary>
internal static class RatioRun
{
    /// <returns>0, also if a bound is missed: the bounds are goals, and measurements depend on the machine.</returns>
    public static int Execute()
    {
        var clock = Stopwatch.StartNew();
        TorchRuntime.EnsureLoaded();
        TorchSharp.torch.set_num_threads(1);
        var missed = 0;
        foreach (var ratio in FisherRatios.Measure().Concat(UpdateRatios.Measure()).Concat(ScoringRatios.Measure()).Concat(TrainingRatios.Measure()))
        {
            Console.WriteLine(ratio.ToJson());
            missed += ratio.Holds ? 0 : 1;
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{clock.Elapsed.TotalSeconds:F0} s, vectors of {PerceptronKernel.VectorLength} numbers; bounds missed: {missed}."));
        return 0;
    }
}
