using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Shards;

/// <summary>The collection of one rollout by several shards on threads of the operating system.</summary>
/// <param name="shards">The shards.</param>
/// <param name="threads">The threads.</param>
/// <param name="mustPause">Asked before each step of a shard, on its thread; true if all shards are to stand still.</param>
/// <param name="isCancelled">Asked instead before each step that a shard makes after another failed, on its thread; true to make no more of them.</param>
internal sealed class RolloutRound(IReadOnlyList<IShard> shards, PartThreads threads, Func<bool> mustPause, Func<bool> isCancelled) : RolloutRound<SystemThreading>(shards, threads.Run, mustPause, isCancelled, default);
