namespace Trpo.Onnx.Runtime;

/// <summary>A session that is freed when its last owner has released it and the last run has ended.</summary>
/// <typeparam name="TSession">The session of OnnxRuntime.</typeparam>
/// <typeparam name="TAtomics">The operations of threads: <see cref="SystemAtomics"/>, or those of a scheduler.</typeparam>
internal sealed class SharedSession<TSession, TAtomics>(TSession session, TAtomics atomics)
    where TSession : class, IDisposable
    where TAtomics : struct, IAtomics
{
    // The number of owners and of runs that are under way; zero means freed.
    private int _users = 1;

    /// <summary>The operations of threads.</summary>
    public TAtomics Atomics => atomics;

    /// <summary>Takes the session, which is not freed before <see cref="Return"/>; null if it is freed already.</summary>
    public TSession? TryTake()
    {
        while (true)
        {
            var users = atomics.Read(ref _users);
            if (users == 0)
                return null;
            if (atomics.CompareExchange(ref _users, users + 1, users) == users)
                return session;
        }
    }

    /// <summary>Returns a session that was taken.</summary>
    public void Return()
    {
        if (atomics.Add(ref _users, -1) == 0)
            session.Dispose();
    }
}
