using System.Security.Cryptography;
using Orleans.Clustering.Redis;
using StackExchange.Redis;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Workers;

namespace Trpo.Examples.Cluster;

/// <summary>The failures that are no faults of the program: a cluster that cannot be joined, workers that refuse a training, files that cannot be used.</summary>
internal static class Failures
{
    /// <summary>Returns true if the user can do something about a failure.</summary>
    public static bool AreExpected(Exception exception) => exception is OrleansException or RedisException or RedisClusteringException or WorkerException or CheckpointException or CryptographicException or TimeoutException or IOException or UnauthorizedAccessException;

    /// <summary>Returns the messages of a failure and of its causes.</summary>
    public static string Describe(Exception exception)
    {
        var messages = new List<string>();
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
            messages.Add($"{cause.GetType().Name}: {cause.Message}");
        return string.Join(Environment.NewLine + "  because ", messages);
    }
}
