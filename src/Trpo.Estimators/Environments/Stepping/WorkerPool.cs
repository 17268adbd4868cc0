using Trpo.Estimators.Threading;

namespace Trpo.Estimators.Environments.Stepping;

/// <summary>The pool of threads of the operating system that steps environments.</summary>
/// <param name="threads">The number of threads, at least 1, including the calling thread.</param>
/// <param name="work">Runs the item of the given index.</param>
internal sealed class WorkerPool(int threads, Action<int> work) : WorkerPool<SystemThreading>(threads, work, default);
