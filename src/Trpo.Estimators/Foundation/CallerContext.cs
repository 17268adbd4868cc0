namespace Trpo.Estimators.Foundation;

/// <summary>
/// The <see cref="SynchronizationContext"/> and <see cref="TaskScheduler"/> of the thread that calls the library. Code of users runs without them: a task that it awaits would post its
/// continuation to the caller's thread, which waits for that code.
/// </summary>
internal static class CallerContext
{
    /// <summary>Runs a function on this thread without the caller's context and scheduler, and restores them.</summary>
    /// <param name="work">The function.</param>
    /// <returns>The result of the function, whose exceptions are thrown as they are.</returns>
    public static T Leave<T>(Func<T> work)
    {
        if (SynchronizationContext.Current is not { } context)
            return LeaveScheduler(work);
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            return LeaveScheduler(work);
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }

    // The current scheduler is that of the task which runs, so only another task leaves it.
    private static T LeaveScheduler<T>(Func<T> work)
    {
        if (TaskScheduler.Current == TaskScheduler.Default)
            return work();
        var task = new Task<T>(work, TaskCreationOptions.DenyChildAttach);
        task.RunSynchronously(TaskScheduler.Default);
        return task.GetAwaiter().GetResult();
    }
}
