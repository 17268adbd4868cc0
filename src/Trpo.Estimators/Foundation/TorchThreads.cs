using static TorchSharp.torch;

namespace Trpo.Estimators.Foundation;

/// <summary>
/// A limit of libtorch to one thread, since more make small matrices slower. Disposing restores the number, and must happen on the thread that set the limit.
/// A thread that uses libtorch for the first time in between keeps the limit.
/// </summary>
internal sealed class TorchThreads : IDisposable
{
    private readonly int _original = get_num_threads();

    private TorchThreads() => set_num_threads(1);

    /// <summary>Limits libtorch to one thread on the calling thread, until the result is disposed.</summary>
    public static TorchThreads One() => new();

    public void Dispose() => set_num_threads(_original);
}
