using Microsoft.ML.OnnxRuntime;

namespace Trpo.Onnx.Runtime;

/// <summary>An OnnxRuntime session that is freed when the last of its owners has let go of it and the last run has ended.</summary>
internal sealed class SharedSession(InferenceSession session)
{
    // The owners and every run that is under way; zero means freed, for good.
    private int _users = 1;

    /// <summary>Keeps the session until <see cref="Return"/>; null where it is freed.</summary>
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

    public void Return()
    {
        if (Interlocked.Decrement(ref _users) == 0)
            session.Dispose();
    }
}
