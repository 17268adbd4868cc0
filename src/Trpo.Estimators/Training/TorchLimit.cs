using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Training;

/// <summary>The limit of libtorch to one thread in trainings for which more are slower. It is the same wherever the shards run, because the last bits depend on it.</summary>
internal static class TorchLimit
{
    // Rows times parameters below which libtorch is faster with one thread than with two.
    private const long MinWorkForTwoThreads = 1 << 25;

    /// <summary>Limits libtorch on the calling thread, and on threads that are started until the result is disposed, if a policy that it computes has little work.</summary>
    /// <param name="options">The options.</param>
    /// <param name="isComputedByTorch">True if libtorch computes the policy.</param>
    /// <param name="policyLength">The number of the policy's parameters.</param>
    /// <returns>The limit; null for none.</returns>
    public static IDisposable? ForLittleWork(TrpoOptions options, bool isComputedByTorch, long policyLength) =>
        isComputedByTorch && (options.ReusedIterations + 1L) * options.MaxStepsPerIteration * policyLength < MinWorkForTwoThreads ? TorchThreads.One() : null;

    /// <summary>Limits libtorch, as <see cref="ForLittleWork"/> does, if there are several shards: each computes on one thread, and libtorch's own threads would only compete with those of the others.</summary>
    /// <param name="shards">The number of shards of the training.</param>
    /// <param name="isComputedByTorch">True if libtorch computes the policy or the value function.</param>
    /// <returns>The limit; null for none.</returns>
    public static IDisposable? ForShards(int shards, bool isComputedByTorch) => shards > 1 && isComputedByTorch ? TorchThreads.One() : null;
}
