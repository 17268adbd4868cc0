using System.Diagnostics;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>The steps of asynchronous environments that are under way at the same time.</summary>
/// <param name="timeout">The longest time of a step; null for no limit.</param>
/// <param name="cancellation">Cancelled if the work is.</param>
internal sealed class AsyncSteps(TimeSpan? timeout, CancellationToken cancellation) : IDisposable
{
    private readonly List<Task> _calls = [];
    private CancellationTokenSource _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    private long _began;

    /// <summary>The token of the next step.</summary>
    public CancellationToken Token => _source.Token;

    /// <summary>The time since the first step that is under way began.</summary>
    public TimeSpan Elapsed => Stopwatch.GetElapsedTime(_began);

    /// <summary>Adds a step.</summary>
    public void Add(Task call)
    {
        if (_calls.Count == 0)
            _began = Stopwatch.GetTimestamp();
        _calls.Add(call);
    }

    /// <summary>Waits for the steps; after the longest time, the token of those that have not ended is cancelled.</summary>
    public void Wait()
    {
        if (_calls.Count == 0)
            return;

        // What the steps throw is for the environments to tell.
        var ended = Task.WhenAll(_calls).ContinueWith(static all => all.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _calls.Clear();
        if (ended.Wait(timeout is { } longest ? TimeSpan.FromTicks(Math.Max(0, (longest - Elapsed).Ticks)) : Timeout.InfiniteTimeSpan))
            return;
        Dispose();
        _source = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
    }

    /// <summary>Cancels the steps that are under way.</summary>
    public void Dispose()
    {
        // What listens to the token is not run on this thread, and its failures are not those of the work.
        var source = _source;
        source.CancelAsync().ContinueWith(_ => source.Dispose(), CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
