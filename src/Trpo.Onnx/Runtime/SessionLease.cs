using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>
/// An OnnxRuntime session that is freed when its owner has disposed it and the last run has ended. OnnxRuntime itself ends the process when a
/// freed session is used, and ML.NET frees models early: a PredictionEngine that is disposed disposes the model that it was made from.
/// </summary>
internal sealed class SessionLease(InferenceSession session) : IDisposable
{
    private int _disposed;

    // The owner and every run that is under way; zero means freed, for good.
    private int _users = 1;

    /// <summary>Keeps the session until <see cref="Return"/>.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed the session.</exception>
    public InferenceSession Take()
    {
        while (true)
        {
            var users = Volatile.Read(ref _users);
            ObjectDisposedException.ThrowIf(Volatile.Read(ref _disposed) != 0 || users == 0, typeof(PolicySession));
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
                return session;
        }
    }

    public void Return()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            session.Dispose();
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Return();
    }
}
