namespace Trpo.Onnx.Runtime;

/// <summary>
/// One owner's reference to a session. Using a freed session of OnnxRuntime ends the process, and ML.NET frees models early: a PredictionEngine
/// that is disposed disposes the model that it was created from.
/// </summary>
/// <typeparam name="TSession">The session of OnnxRuntime.</typeparam>
/// <typeparam name="TAtomics">The operations of threads: <see cref="SystemAtomics"/>, or those of a scheduler.</typeparam>
internal sealed class SessionLease<TSession, TAtomics> : IDisposable
    where TSession : class, IDisposable
    where TAtomics : struct, IAtomics
{
    private readonly SharedSession<TSession, TAtomics> _session;
    private int _disposed;

    /// <summary>Creates the first reference to a session.</summary>
    public SessionLease(TSession session, TAtomics atomics = default)
        : this(new SharedSession<TSession, TAtomics>(session, atomics))
    {
    }

    private SessionLease(SharedSession<TSession, TAtomics> session) => _session = session;

    /// <summary>Takes the session, which is not freed before <see cref="Return"/>.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its reference.</exception>
    public TSession Take() => (_session.Atomics.Read(ref _disposed) == 0 ? _session.TryTake() : null)
        ?? throw DisposedPolicy.Exception();

    /// <summary>Returns a session that was taken.</summary>
    public void Return() => _session.Return();

    /// <summary>Creates another reference to the session, for another owner.</summary>
    /// <exception cref="ObjectDisposedException">The owner has disposed its reference.</exception>
    public SessionLease<TSession, TAtomics> Share()
    {
        Take();
        return new SessionLease<TSession, TAtomics>(_session);
    }

    public void Dispose()
    {
        if (_session.Atomics.Exchange(ref _disposed, 1) == 0)
            Return();
    }
}
