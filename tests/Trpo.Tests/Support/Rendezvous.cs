namespace Trpo.Tests.Support;

/// <summary>A meeting point of asynchronous callers, which occupies no thread while they wait. It serves any number of rounds.</summary>
/// <param name="count">The number of callers that meet.</param>
internal sealed class Rendezvous(int count)
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _met = Begin();
    private int _arrived;

    /// <summary>Returns a task that ends when as many callers as meet have arrived.</summary>
    public Task Arrive()
    {
        lock (_gate)
        {
            var met = _met;
            if (++_arrived == count)
            {
                (_met, _arrived) = (Begin(), 0);
                met.SetResult();
            }

            return met.Task;
        }
    }

    private static TaskCompletionSource Begin() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
