using static TorchSharp.torch;

namespace Trpo.Estimators.Foundation;

/// <summary>
/// One libtorch thread for a while: more make small matrices slower. The number is put back by the thread that changed it. A thread that meets libtorch
/// for the first time meanwhile takes over the one.
/// </summary>
internal sealed class TorchThreads : IDisposable
{
    private readonly int _original = get_num_threads();

    private TorchThreads() => set_num_threads(1);

    /// <summary>One thread until the result is disposed, on the thread that asked.</summary>
    public static TorchThreads One() => new();

    public void Dispose() => set_num_threads(_original);
}
