using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Kernels;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Trajectories;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Shards;

/// <summary>The memory that environment steps allocate: none, so that rollouts of different lengths allocate equal amounts.</summary>
public sealed class RolloutAllocationTests
{
    private const int Capacity = 4_000;

    [TestCase(1, false)]
    [TestCase(8, false)]
    [TestCase(1, true)]
    public void Steps_allocate_nothing(int environments, bool normalized)
    {
        var perCapacity = Measure(environments, normalized, threads: 1, GC.GetAllocatedBytesForCurrentThread);

        Assert.That(perCapacity, Is.Zero);
    }

    [TestCase(1)]
    [TestCase(8)]
    public void Steps_of_a_policy_that_normalizes_and_draws_from_a_Gaussian_allocate_nothing(int environments) =>
        Assert.That(Measure(() => new Pendulum(), environments, ActionSpace.Box([-2], [2]), new ObservationNormalizer(3, 3)), Is.Zero);

    [TestCase(8, 2)]
    [TestCase(8, 3)]
    public void Steps_allocate_nothing_on_any_thread(int environments, int threads)
    {
        // The total includes allocations of other threads of the process, which are few: an object in every hundredth step would be more.
        var perCapacity = Measure(environments, normalized: false, threads, () => GC.GetTotalAllocatedBytes(precise: true));

        Assert.That(perCapacity, Is.LessThan(environments * Capacity / 100 * 24));
    }

    private static long Measure(int environments, bool normalized, int threads, Func<long> allocated) =>
        Measure(() => new CartPole(), environments, ActionSpace.Discrete(2), normalizer: null, normalized, threads, allocated);

    /// <summary>Measures the bytes that a long rollout allocates beyond a short one.</summary>
    private static long Measure(
        Func<IEnvironment> create, int environments, ActionSpace actions, ObservationNormalizer? normalizer, bool transformed = false, int threads = 1, Func<long>? allocated = null)
    {
        TestNetworks.Require(PerceptronKernel.VectorLength);
        allocated ??= GC.GetAllocatedBytesForCurrentThread;
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(create, environments, threads: threads);
        var data = transformed ? ml.Transforms.NormalizeMeanVariance("Observation").Fit(view).Transform(view) : view;
        using var policy = Support.Policies.Create(actions, view.ObservationSpace.Length, normalizer: normalizer);
        using var observed = new TransformedVectorEnvironment(view, environments, data, data.Schema["Observation"]);
        var collector = new RolloutCollector(observed, 1, new RandomSource(1));
        collector.Reset();
        var rollout = new Rollout(environments, Capacity, view.ObservationSpace.Length, 1);
        var episodes = new List<Episode>(environments * Capacity);
        var statistics = normalizer?.CreateStatistics();

        // Warms up: methods are compiled and buffers have grown afterwards.
        for (var i = 0; i < 3; i++)
            Collect(Capacity);
        var (few, many) = (Collect(100), Collect(Capacity));

        Assert.That(episodes, Is.Not.Empty);
        return many - few;

        long Collect(int steps)
        {
            episodes.Clear();
            rollout.Clear(steps);
            var before = allocated();
            collector.Collect(policy, rollout, episodes, statistics);
            return allocated() - before;
        }
    }
}
