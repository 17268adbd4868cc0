using static TorchSharp.torch;

namespace Trpo.Estimators.Foundation;

/// <summary>
/// The number of threads that libtorch computes with, changed for a while: more than one make small matrices slower. The number belongs to the process,
/// so that it is put back when the last of those who changed it is done.
/// </summary>
internal sealed class TorchThreads : IDisposable
{
    private static readonly Lock Gate = new();
    private static int _users;
    private static int _original;

    private bool _disposed;

    private TorchThreads()
    {
        lock (Gate)
        {
            if (_users++ == 0)
                _original = get_num_threads();
            set_num_threads(1);
        }
    }

    /// <summary>One thread until the result is disposed, on the thread that asked.</summary>
    public static TorchThreads One() => new();

    public void Dispose()
    {
        lock (Gate)
        {
            if (_disposed)
                return;
            _disposed = true;
            _users--;
            set_num_threads(_original);
        }
    }
}
