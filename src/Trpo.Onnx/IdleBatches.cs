using System.Numerics;
using Trpo.Onnx.Runtime;

namespace Trpo.Onnx;

/// <summary>
/// Batches for callers that have none of their own. A number of rows is run as the powers of two that add up to it, so that each batch always has the
/// same number of rows, for which OnnxRuntime needs no new memory.
/// </summary>
internal sealed class IdleBatches : IDisposable
{
    private const int MaxRows = 256;

    private readonly Func<int, PolicyBatch> _create;
    private readonly IdlePool<PolicyBatch>[] _pools = [.. Enumerable.Range(0, BitOperations.Log2(MaxRows) + 1).Select(_ => new IdlePool<PolicyBatch>())];

    /// <param name="create">Creates a batch of a number of rows that belongs to no thread.</param>
    public IdleBatches(Func<int, PolicyBatch> create) => _create = create;

    /// <summary>Returns the number of rows of the next batch.</summary>
    /// <param name="rows">The number of rows that are left, at least 1.</param>
    public static int RowsOf(int rows) => rows >= MaxRows ? MaxRows : 1 << BitOperations.Log2((uint)rows);

    /// <summary>Takes a batch, to be returned.</summary>
    /// <param name="rows">The number of its rows, as <see cref="RowsOf"/> returns it.</param>
    public PolicyBatch Take(int rows) => Pool(rows).TryTake() ?? _create(rows);

    /// <summary>Returns a batch that was taken.</summary>
    public void Return(PolicyBatch batch) => Pool(batch.Capacity).Return(batch);

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var pool in _pools)
            pool.Dispose();
    }

    private IdlePool<PolicyBatch> Pool(int rows) => _pools[BitOperations.Log2((uint)rows)];
}
