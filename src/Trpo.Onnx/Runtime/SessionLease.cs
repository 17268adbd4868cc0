using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>
/// One owner's hold on a session. OnnxRuntime itself ends the process when a freed session is used, and ML.NET frees models early: a
/// PredictionEngine that is disposed disposes the model that it was made from.
/// </summary>
internal sealed class SessionLease : IDisposable
{
    private readonly SharedSession _session;
    private int _disposed;

    /// <summary>The first hold on a session.</summary>
    public SessionLease(InferenceSession session)
        : this(new SharedSession(session))
    {
    }

    private SessionLease(SharedSession session) => _session = session;

    /// <summary>Keeps the session until <see cref="Return"/>.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its hold.</exception>
    public InferenceSession Take() => (Volatile.Read(ref _disposed) == 0 ? _session.TryTake() : null)
        ?? throw new ObjectDisposedException("policy", "The policy was disposed. A PredictionEngine disposes the model that it was made of, unless PredictionEngineOptions.OwnsTransformer is false.");

    public void Return() => _session.Return();

    /// <summary>Another hold on the same session, for another owner.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its hold.</exception>
    public SessionLease Share()
    {
        Take();
        return new SessionLease(_session);
    }

    public void Dispose()
    {
        if (Interlocked.Exchange(ref _disposed, 1) == 0)
            Return();
    }
}
