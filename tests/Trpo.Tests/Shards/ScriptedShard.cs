using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Trajectories;

namespace Trpo.Tests.Shards;

/// <summary>A shard that collects steps and does nothing else. It may fail in one of them.</summary>
/// <param name="steps">The number of steps of its rollout.</param>
/// <param name="failsAt">The index of the step that fails; null for none.</param>
/// <param name="index">The index of the shard, which is in the message of the failure.</param>
internal sealed class ScriptedShard(int steps, int? failsAt, int index) : IShard
{
    public int CollectedSteps { get; private set; }

    public int Count => 1;

    public bool IsRemote => false;

    public int EnvironmentCount => 1;

    public int RowCount => steps;

    public int ObservationLength => 1;

    public IReadOnlyList<Episode> Episodes => [];

    public IReadOnlyList<int> EpisodeEnds => throw Unused();

    public ObservationStatistics? Statistics => null;

    public int Restarts => 0;

    public int RestartsElsewhere { set => _ = value; }

    public IReadOnlyList<(string Name, ICheckpointable Part)> Models => [];

    public bool Collect(Func<bool>? proceed)
    {
        for (; CollectedSteps < steps; CollectedSteps++)
        {
            if (!proceed!())
                return false;
            if (CollectedSteps == failsAt)
                throw new TimeoutException($"step {CollectedSteps} of shard {index}");
        }

        return true;
    }

    public void BeginIteration(int count, ObservationStatistics? statistics) => throw Unused();

    public void AbandonIteration() => throw Unused();

    public EstimationSums Estimate(double entropyCoefficient) => throw Unused();

    public IPartialProblem BeginPolicyUpdate(Standardization? standardization) => throw Unused();

    public IPartialProblem BeginValueFit(Moments targets, double rounding) => throw Unused();

    public ShardRows GetRows() => throw Unused();

    public void SaveState(CheckpointContent content, int first) => throw Unused();

    public void RestoreState(CheckpointContent content, int first) => throw Unused();

    public void SaveEnvironments(CheckpointContent content, int first) => throw Unused();

    public bool RestoreEnvironments(CheckpointContent content, int first) => throw Unused();

    public void ResetEnvironments() => throw Unused();

    public void Reseed(ulong stream) => throw Unused();

    private static InvalidOperationException Unused() => new("A scripted shard only collects.");
}
