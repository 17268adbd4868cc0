using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Environments;

/// <summary>The disposal of environments, of which some are disposed asynchronously and some not at all.</summary>
internal static class EnvironmentDisposal
{
    /// <summary>Disposes an environment that is <see cref="IDisposable"/> or else <see cref="IAsyncDisposable"/>, and waits for it.</summary>
    public static void Dispose(IEnvironment environment)
    {
        if (environment is IDisposable disposable)
            disposable.Dispose();
        else if (environment is IAsyncDisposable asynchronous)
            CallerContext.Leave(() => Wait(asynchronous.DisposeAsync()));
    }

    private static bool Wait(ValueTask task)
    {
        task.AsTask().GetAwaiter().GetResult();
        return true;
    }
}
