namespace Trpo.Benchmarks.Ratios;

/// <summary>A whole update, gradient, conjugate gradients, line search and value fit, beside one in plain TorchSharp.</summary>
internal static class UpdateRatios
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(3);

    public static IEnumerable<Ratio> Measure()
    {
        foreach (var workload in (Workload[])[Workload.Categorical(1_024), Workload.Gaussian(1_024)])
        {
            using var ours = new OurUpdate(workload);
            using var plain = new PlainUpdate(workload);
            var times = SideBySide.Time(Budget, () => plain.Run(OurUpdate.ConjugateGradientSteps, OurUpdate.Tolerance), ours.Run);
            yield return Ratio.AtLeast(15, $"update_{workload.Name}_plain_over_ours", times[0] / times[1]);

            var before = GC.GetAllocatedBytesForCurrentThread();
            ours.Run();
            yield return Ratio.AtMost(1_000_000, $"update_{workload.Name}_allocated_bytes", GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
