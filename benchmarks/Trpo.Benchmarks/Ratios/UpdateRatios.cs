namespace Trpo.Benchmarks.Ratios;

/// <summary>
/// Ratios of an update to the textbook one in TorchSharp: a whole update, each with its own value fit, and the policy's step alone, in which both do the same work.
/// </summary>
internal static class UpdateRatios
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(3);

    // The textbook version stops conjugate gradients at an absolute residual, which ten steps do not reach.
    private const int TextbookSteps = 10;
    private const double TextbookTolerance = 1e-10;

    public static IEnumerable<Ratio> Measure()
    {
        foreach (var workload in (Workload[])[Workload.Categorical(1_024), Workload.Gaussian(1_024)])
        {
            using var ours = new OurUpdate(workload);
            using var plain = new PlainUpdate(workload);
            var times = SideBySide.Time(
                Budget,
                () => plain.Run(TextbookSteps, TextbookTolerance),
                ours.Run,
                () => plain.UpdatePolicy(OurUpdate.ConjugateGradientSteps, OurUpdate.Tolerance),
                () => ours.UpdatePolicy(fisherFraction: 1));
            yield return Ratio.AtLeast(15, $"update_with_value_fit_{workload.Name}_plain_over_ours", times[0] / times[1]);
            yield return Ratio.AtLeast(5, $"policy_update_{workload.Name}_on_all_states_with_the_same_stop_plain_over_ours", times[2] / times[3]);

            var before = GC.GetAllocatedBytesForCurrentThread();
            ours.Run();
            yield return Ratio.AtMost(2_000_000, $"update_{workload.Name}_allocated_bytes", GC.GetAllocatedBytesForCurrentThread() - before);
        }
    }
}
