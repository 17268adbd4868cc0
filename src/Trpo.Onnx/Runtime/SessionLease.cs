using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>
/// One owner's reference to a session. Using a freed session of OnnxRuntime ends the process, and ML.NET frees models early: a PredictionEngine
/// that is disposed disposes the model that it was created from.
/// </summary>
internal sealed class SessionLease : IDisposable
{
    private readonly SharedSession _session;
    private int _disposed;

    /// <summary>Creates the first reference to a session.</summary>
    public SessionLease(InferenceSession session)
        : this(new SharedSession(session))
    {
    }

    private SessionLease(SharedSession session) => _session = session;

    /// <summary>Takes the session, which is not freed before <see cref="Return"/>.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its reference.</exception>
    public InferenceSession Take() => (Volatile.Read(ref _disposed) == 0 ? _session.TryTake() : null)
        ?? throw new ObjectDisposedException("policy", "The policy was disposed. A PredictionEngine disposes the model that it was made of, unless PredictionEngineOptions.OwnsTransformer is false.");

    /// <summary>Returns a session that was taken.</summary>
    public void Return() => _session.Return();

    /// <summary>Creates another reference to the session, for another owner.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its reference.</exception>
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
