using System.Numerics;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Resuming;
using Trpo.Estimators.Shards;

namespace Trpo.Estimators.Training;

/// <summary>
/// The number of shards of a training that names none. It depends on the largest iteration, the number of environments and the size of the network, and never on the machine, so that a seed gives the same
/// policy everywhere.
/// </summary>
internal static class ShardCount
{
    // With fewer rows, what a shard costs by itself approaches a tenth of what its rows cost.
    private const int MinRows = 4_096;

    // Rows times parameters of the policy. With less, threads wait for each other longer than they compute.
    private const long MinWork = 1 << 24;

    // Kernels compute four rows at once; a rollout with fewer environments would compute empty ones.
    private const int MinEnvironments = 4;

    // Parameters of all copies of the policy: each shard has copies of the networks and of the vectors of their length.
    private const long MaxParameters = 1 << 24;

    private const int Max = 64;

    /// <summary>Returns the number of shards of a new training.</summary>
    /// <param name="options">The options.</param>
    /// <param name="sizes">The sizes of the parts.</param>
    /// <param name="schedule">The schedule of the iterations.</param>
    /// <returns>The number of <see cref="TrpoOptions.Shards"/>; by default the largest power of two for which each shard has enough rows, work and environments.</returns>
    public static int Of(TrpoOptions options, TrainingSizes sizes, IterationSchedule schedule)
    {
        if (options.Shards is { } asked)
            return asked;

        // Factories of users are called once unless they ask for more, the steps of asynchronous environments all wait at the same time, and libtorch computes all rows at once, on threads of its own or on another device.
        if (options.Network is not null || options.Distribution is not null || options.Baseline is not null || sizes.HasAsynchronousEnvironments || options.Engine == TrainingEngine.TorchSharp || !options.EngineChoice.Device.IsCpu)
            return 1;
        var rows = (long)schedule.MaxSteps * sizes.Environments;
        var most = Math.Min(Math.Min(rows / MinRows, rows * sizes.PolicyLength / MinWork), Math.Min(Math.Min(sizes.Environments / MinEnvironments, MaxParameters / sizes.PolicyLength), Max));
        return most < 2 ? 1 : 1 << BitOperations.Log2((ulong)most);
    }

    /// <summary>Returns the number of shards of a training that is resumed.</summary>
    /// <param name="options">The options.</param>
    /// <param name="environments">The number of environments.</param>
    /// <param name="path">The path of the checkpoint.</param>
    /// <param name="content">The checkpoint.</param>
    /// <exception cref="CheckpointException">The options name another number.</exception>
    public static int Saved(TrpoOptions options, int environments, string path, CheckpointContent content)
    {
        var saved = ShardGroup.CountOf(content, environments);
        return options.Shards is not { } asked || asked == saved
            ? saved
            : throw new CheckpointException(FormattableString.Invariant($"{path} is of a training with {saved} shards, but {nameof(TrpoOptions.Shards)} is {asked}, which gives other results. Set it to {saved} or null, or name another folder."));
    }
}
