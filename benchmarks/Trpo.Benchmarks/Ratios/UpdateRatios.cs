namespace Trpo.Benchmarks.Ratios;

/// <summary>
/// A whole update, gradient, conjugate gradients, line search and value fit, beside one in plain TorchSharp, each with its own value fit; and the step of the policy
/// alone, where both do the same.
/// </summary>
internal static class UpdateRatios
{
    private static readonly TimeSpan Budget = TimeSpan.FromSeconds(3);

    // The slides stop conjugate gradients at an absolute residual, which ten steps do not reach.
    private const int SlidesSteps = 10;
    private const double SlidesTolerance = 1e-10;

    public static IEnumerable<Ratio> Measure()
    {
        foreach (var workload in (Workload[])[Workload.Categorical(1_024), Workload.Gaussian(1_024)])
        {
            using var ours = new OurUpdate(workload);
            using var plain = new PlainUpdate(workload);
            var times = SideBySide.Time(
                Budget,
                () => plain.Run(SlidesSteps, SlidesTolerance),
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
