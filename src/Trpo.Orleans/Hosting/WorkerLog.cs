using Microsoft.Extensions.Logging;

namespace Trpo.Orleans.Hosting;

/// <summary>The messages of a silo about its workers.</summary>
internal static partial class WorkerLog
{
    [LoggerMessage(Level = LogLevel.Information, Message = "Began shards {FirstShard} to {LastShard} of training {Training} (block '{Block}'): {Environments} environments of '{Environment}'.")]
    public static partial void BlockBegun(this ILogger log, string block, Guid training, int firstShard, int lastShard, int environments, string environment);

    [LoggerMessage(Level = LogLevel.Information, Message = "The training moves block '{Block}' to another worker.")]
    public static partial void BlockMoved(this ILogger log, string block);

    [LoggerMessage(Level = LogLevel.Information, Message = "Ended the worker of block '{Block}' after {Steps} steps: {Reason}.")]
    public static partial void BlockEnded(this ILogger log, string block, long steps, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "Refused block '{Block}': {Reason}.")]
    public static partial void BlockRefused(this ILogger log, string block, string reason);

    [LoggerMessage(Level = LogLevel.Warning, Message = "The silo has {Shards} shards, more than its capacity of {Capacity}: they share the processors. Add silos, or train with fewer shards.")]
    public static partial void CapacityExceeded(this ILogger log, int shards, int capacity);

    [LoggerMessage(Level = LogLevel.Error, Message = "Could not dispose the worker of block '{Block}'; its environments may stay in memory.")]
    public static partial void DisposeFailed(this ILogger log, string block, Exception error);
}
