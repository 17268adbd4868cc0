using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Distributions;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Trajectories;
using Trpo.Runtime.Randomness;

namespace Trpo.Benchmarks.Ratios;

/// <summary>The managed memory allocated per environment step, after a warm-up.</summary>
internal static class RolloutAllocation
{
    private const int Environments = 4;
    private const int Steps = 1_000;

    public static double BytesPerStep()
    {
        var ml = new MLContext(1);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), Environments);
        using var block = new TransformedVectorEnvironment(view, Environments, view, view.Schema["Observation"]);
        var distribution = ActionDistribution.For(view.ActionSpace, initialLogStandardDeviation: 0);
        using var policy = new StochasticPolicy(PerceptronModel.Create(block.ObservationLength, [64, 64], distribution.NetworkOutputs, Activation.Tanh, 0.01, new RandomSource(1)), distribution);
        var collector = new RolloutCollector(block, view.ActionSpace.Length, new RandomSource(2));
        collector.Reset();
        var rollout = new Rollout(Environments, Steps, block.ObservationLength, view.ActionSpace.Length);
        var episodes = new List<Episode>(Environments * Steps);

        long Collect(int steps)
        {
            rollout.Clear(steps);
            episodes.Clear();
            var before = GC.GetAllocatedBytesForCurrentThread();
            collector.Collect(policy, rollout, episodes);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }

        // The difference between a whole and a half rollout leaves out the cost per rollout.
        Collect(Steps);
        var half = Collect(Steps / 2);
        return Math.Max(0, Collect(Steps) - half) / (double)(Environments * Steps / 2);
    }
}
