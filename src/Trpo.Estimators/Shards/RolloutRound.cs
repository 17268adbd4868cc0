using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Shards;

/// <summary>The collection of one rollout by several shards on threads of the operating system.</summary>
/// <param name="shards">The shards.</param>
/// <param name="threads">The threads.</param>
/// <param name="mustPause">Asked before each step of a shard, on its thread; true if all shards are to stand still.</param>
internal sealed class RolloutRound(IReadOnlyList<IShard> shards, PartThreads threads, Func<bool> mustPause) : RolloutRound<SystemThreading>(shards, threads.Run, mustPause, default);
