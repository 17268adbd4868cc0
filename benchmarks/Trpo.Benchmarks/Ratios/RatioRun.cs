using System.Diagnostics;
using System.Globalization;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.NativeLibraries;

namespace Trpo.Benchmarks.Ratios;

/// <summary>The verb <c>ratios</c>: takes all measurements that have a bound, and prints a line for each.</summary>
internal static class RatioRun
{
    private static readonly Dictionary<string, Func<IEnumerable<Ratio>>> Parts = new()
    {
        ["products"] = FisherRatios.Measure,
        ["large"] = FisherRatios.MeasureLarge,
        ["updates"] = UpdateRatios.Measure,
        ["scoring"] = ScoringRatios.Measure,
        ["training"] = TrainingRatios.Measure,
        ["shards"] = ShardRatios.Measure,
        ["startup"] = StartupRatios.Measure,
    };

    /// <param name="names">The names of the parts to measure; none for all.</param>
    /// <returns>0, also if a bound is missed: the bounds are goals, and measurements depend on the machine. 2 if there is no part of a name.</returns>
    public static int Execute(IReadOnlyList<string> names)
    {
        if (names.FirstOrDefault(name => !Parts.ContainsKey(name)) is { } unknown)
        {
            Console.Error.WriteLine($"There is no part '{unknown}'; there are {string.Join(", ", Parts.Keys)}.");
            return 2;
        }

        var clock = Stopwatch.StartNew();
        TorchRuntime.EnsureLoaded();
        TorchSharp.torch.set_num_threads(1);
        var missed = 0;
        foreach (var ratio in Parts.Where(part => names.Count == 0 || names.Contains(part.Key)).SelectMany(part => part.Value()))
        {
            Console.WriteLine(ratio.ToJson());
            missed += ratio.Holds ? 0 : 1;
        }

        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{clock.Elapsed.TotalSeconds:F0} s, vectors of {PerceptronKernel.VectorLength} numbers; bounds missed: {missed}."));
        return 0;
    }
}
