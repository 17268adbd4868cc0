using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>An OnnxRuntime session that is freed when its last owner has released it and the last run has ended.</summary>
internal sealed class SharedSession(InferenceSession session)
{
    // The number of owners and of runs that are under way; zero means freed.
    private int _users = 1;

    /// <summary>Takes the session, which is not freed before <see cref="Return"/>; null if it is freed already.</summary>
    public InferenceSession? TryTake()
    {
        while (true)
        {
            var users = Volatile.Read(ref _users);
            if (users == 0)
                return null;
            if (Interlocked.CompareExchange(ref _users, users + 1, users) == users)
                return session;
        }
    }

    /// <summary>Returns a session that was taken.</summary>
    public void Return()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            session.Dispose();
    }
}
