using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Shards;

namespace Trpo.Estimators.Training;

/// <summary>The number of shards of a training that is resumed.</summary>
internal static class ShardCount
{
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
