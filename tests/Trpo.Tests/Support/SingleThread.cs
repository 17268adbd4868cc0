using System.Collections.Concurrent;

namespace Trpo.Tests.Support;

/// <summary>A synchronization context of one thread that runs what is posted to it, as that of a user interface does.</summary>
internal sealed class SingleThread : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _posted = [];

    /// <summary>The number of callbacks that were posted.</summary>
    public int Posted { get; private set; }

    public override void Post(SendOrPostCallback d, object? state)
    {
        Posted++;
        _posted.Add((d, state));
    }

    /// <summary>Runs an action as the first callback of a new thread.</summary>
    /// <param name="action">The action.</param>
    /// <param name="patience">The longest time to wait for it.</param>
    /// <returns>True if the action has ended in time.</returns>
    /// <exception cref="Exception">That of the action.</exception>
    public static bool TryRun(Action action, TimeSpan patience)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            SetSynchronizationContext(new SingleThread());
            try
            {
                action();
            }
            catch (Exception exception)
            {
                failure = exception;
            }
        })
        { IsBackground = true };
        thread.Start();
        if (!thread.Join(patience))
            return false;
        if (failure is not null)
            throw new InvalidOperationException(failure.Message, failure);
        return true;
    }
}
