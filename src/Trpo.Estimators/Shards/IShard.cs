using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Estimation;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Policies;
using Trpo.Estimators.Trajectories;
using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards;

/// <summary>
/// A group of environments with a copy of the policy, a copy of the value function, a random stream and the rollouts collected with them; or several consecutive ones on a worker, which are a whole
/// subtree of the <see cref="BinaryTree"/> over all. It answers the coordinator (<see cref="ShardGroup"/>) with sums over its rows. The parameters of all copies are equal; everything else belongs to the
/// shard, so that results depend on the number of shards and never on who runs them.
/// </summary>
internal interface IShard
{
    /// <summary>The number of shards that this stands for.</summary>
    int Count { get; }

    /// <summary>True if the shard runs elsewhere: its state cannot be asked for while it collects.</summary>
    bool IsRemote { get; }

    /// <summary>The number of environments, <c>E</c>.</summary>
    int EnvironmentCount { get; }

    /// <summary>The number of rows of the current rollout, <c>N</c>.</summary>
    int RowCount { get; }

    /// <summary>The number of values of an observation as the pipeline transforms it, <c>d</c>.</summary>
    int ObservationLength { get; }

    /// <summary>The episodes that ended in the current iteration, in the order of their ends; without those that training cut off.</summary>
    IReadOnlyList<Episode> Episodes { get; }

    /// <summary>The steps of the current rollout that <see cref="Episodes"/> ended with, ascending.</summary>
    IReadOnlyList<int> EpisodeEnds { get; }

    /// <summary>The observations since the last <see cref="BeginIteration"/>, for the policy's normalizer; null where it has none.</summary>
    ObservationStatistics? Statistics { get; }

    /// <summary>The number of failed environments that have been replaced by new ones since training began.</summary>
    int Restarts { get; }

    /// <summary>The number of steps of each environment that the current rollout has.</summary>
    int CollectedSteps { get; }

    /// <summary>The number of restarts of other shards' environments, which count as well.</summary>
    int RestartsElsewhere { set; }

    /// <summary>The times since the last <see cref="BeginIteration"/> where the shard runs on a worker; null where it does not.</summary>
    WorkerTimes? WorkerTimes => null;

    /// <summary>Begins an iteration: the normalizer advances, and the next rollout starts.</summary>
    /// <param name="steps">The number of steps to collect from each environment.</param>
    /// <param name="statistics">The sum of the <see cref="Statistics"/> of all shards, or null.</param>
    void BeginIteration(int steps, ObservationStatistics? statistics);

    /// <summary>Abandons the iteration: the policy normalizes again as at its last update.</summary>
    void AbandonIteration();

    /// <summary>Collects the rollout up to its number of steps, from where it stopped.</summary>
    /// <param name="proceed">Asked before each step of all environments; null for always.</param>
    /// <returns>True if the rollout is complete, false if <paramref name="proceed"/> stopped it.</returns>
    bool Collect(Func<bool>? proceed);

    /// <summary>Asks a baseline of the user's own for the values that <see cref="Estimate"/> needs, where the shard runs elsewhere; does nothing otherwise. Called before <see cref="Estimate"/>, on the calling thread.</summary>
    void PredictValues()
    {
    }

    /// <summary>Estimates advantages and value targets of the rollout, and advantages of the earlier rollouts that are reused.</summary>
    /// <param name="entropyCoefficient">The reward of one nat of entropy.</param>
    EstimationSums Estimate(double entropyCoefficient);

    /// <summary>Prepares the sums of the policy's update. Called once after <see cref="Estimate"/>.</summary>
    /// <param name="standardization">The shift and scale of all shards' advantages; null leaves them as they are.</param>
    IPartialProblem BeginPolicyUpdate(Standardization? standardization);

    /// <summary>Prepares the sums of the fit of the built-in value network, which may run beside the policy's update. Called once after <see cref="Estimate"/>.</summary>
    /// <param name="targets">The moments of all shards' value targets.</param>
    /// <param name="rounding">The bound of the rounding error of a target.</param>
    IPartialProblem BeginValueFit(Moments targets, double rounding);

    /// <summary>Returns the rows of the current rollout, for what needs rows rather than sums: a custom baseline, and the check of observations' scale.</summary>
    ShardRows GetRows();

    /// <summary>The policy's and the value function's states, which are equal in all shards: saved from one, restored into all.</summary>
    IReadOnlyList<(string Name, ICheckpointable Part)> Models { get; }

    /// <summary>Adds the rollouts, statistics, episodes and random stream; not the <see cref="Models"/>.</summary>
    /// <param name="content">Receives the states.</param>
    /// <param name="first">The index of the shard, the first of several.</param>
    void SaveState(CheckpointContent content, int first);

    /// <summary>Restores what <see cref="SaveState"/> added, after the <see cref="Models"/>.</summary>
    /// <param name="content">The states.</param>
    /// <param name="first">The index of the shard, the first of several.</param>
    /// <exception cref="CheckpointException">It is not the state of such a shard.</exception>
    void RestoreState(CheckpointContent content, int first);

    /// <summary>Adds the states of the environments, where they can be saved, and the observations that they were at.</summary>
    /// <inheritdoc cref="SaveState"/>
    void SaveEnvironments(CheckpointContent content, int first);

    /// <summary>Restores the environments, or resets them where that is not possible; the episodes that were in progress are then cut off.</summary>
    /// <returns>True if they were restored.</returns>
    /// <exception cref="CheckpointException">The transforms compute other values than they did for the saved observations.</exception>
    /// <inheritdoc cref="RestoreState"/>
    bool RestoreEnvironments(CheckpointContent content, int first);

    /// <summary>Starts a new episode in every environment.</summary>
    void ResetEnvironments();

    /// <summary>Replaces the random stream by another one that depends on it and on a number, so that what follows differs from what followed before.</summary>
    void Reseed(ulong stream);
}
