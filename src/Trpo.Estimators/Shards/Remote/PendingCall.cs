using Trpo.Estimators.Workers;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>Calls over a connection, whose failures are those of their tasks.</summary>
internal static class PendingCall
{
    /// <summary>Starts a call.</summary>
    public static Task<T> Start<T>(Func<Task<T>> call)
    {
        try
        {
            return call();
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    /// <inheritdoc cref="Start{T}"/>
    public static Task Start(Func<Task> call) => Start(async () =>
    {
        await call().ConfigureAwait(false);
        return true;
    });

    /// <summary>Observes the failure of a task that nobody waits for any more.</summary>
    public static void Forget(Task task) =>
        task.ContinueWith(failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);

    /// <summary>Returns why a task that has ended without a result did so.</summary>
    public static Exception FailureOf(Task task) => task.Exception?.InnerException ?? new TimeoutException("The call was cancelled on its way.");

    /// <summary>Gives the present worker of a connection up, as far as the transport can: the next request tells.</summary>
    public static void Move(IWorkerConnection connection, TimeSpan limit, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(limit);
        var move = Start(() => connection.MoveAsync(timeout.Token));
        Task.WaitAny([move], limit);
        Forget(move);
    }
}
