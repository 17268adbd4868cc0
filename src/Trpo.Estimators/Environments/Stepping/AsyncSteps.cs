using System.Diagnostics;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>The steps of asynchronous environments that are under way at the same time.</summary>
internal sealed class AsyncSteps : IDisposable
{
    // After a cancellation, a step that is nearly done leaves a state that can be saved.
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(1);

    private readonly VectorEnvironment _environments;
    private readonly TimeSpan? _timeout;
    private readonly CancellationTokenRegistration _registration;
    private readonly List<Task> _calls = [];
    private long _lastBegan;

    /// <param name="environments">The environments.</param>
    /// <param name="timeout">The longest time of a step; null for no limit.</param>
    /// <param name="cancellation">Cancelled if the work is; the tokens of the steps follow after a second.</param>
    public AsyncSteps(VectorEnvironment environments, TimeSpan? timeout, CancellationToken cancellation)
    {
        (_environments, _timeout) = (environments, timeout);
        _registration = cancellation.Register(() =>
        {
            for (var i = 0; i < environments.Count; i++)
                environments.Slot(i).Asynchronous?.CancelAfter(Grace);
        });
    }

    /// <summary>Begins a step, or a reset. Several threads may at once, each for another environment.</summary>
    /// <param name="index">The environment.</param>
    /// <param name="isStep">True for a step.</param>
    /// <param name="action">The action of a step, <c>[k]</c>.</param>
    /// <param name="seed">The seed of a reset.</param>
    public void Begin(int index, bool isStep, ReadOnlySpan<float> action, int? seed)
    {
        var slot = _environments.Slot(index);
        var began = Stopwatch.GetTimestamp();
        var call = isStep ? slot.BeginStep(action) : slot.BeginReset(seed);
        lock (_calls)
        {
            _calls.Add(call);
            _lastBegan = Math.Max(_lastBegan, began);
        }
    }

    /// <summary>Waits for the steps that are under way, each up to the longest time of a step.</summary>
    public void Wait()
    {
        // The environments throw their failures when they end.
        var ended = Task.WhenAll(_calls).ContinueWith(static all => all.Exception, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _calls.Clear();
        ended.Wait(_timeout is { } longest ? TimeSpan.FromTicks(Math.Max(0, (longest - Stopwatch.GetElapsedTime(_lastBegan)).Ticks)) : Timeout.InfiniteTimeSpan);
    }

    /// <summary>Ends the wait for a cancellation.</summary>
    public void Dispose() => _registration.Dispose();
}
