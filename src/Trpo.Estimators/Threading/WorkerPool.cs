namespace Trpo.Estimators.Threading;

/// <summary>A pool of threads of the operating system.</summary>
/// <param name="threads">The number of threads, at least 1, including the calling thread.</param>
/// <param name="work">Runs the item of the given index.</param>
/// <param name="name">The name of the workers, which their number follows.</param>
internal sealed class WorkerPool(int threads, Action<int> work, string name = "Trpo worker") : WorkerPool<SystemThreading>(threads, work, default, name);
