namespace Trpo.Onnx.Runtime;

/// <summary>A number of objects that nobody uses at the moment. Taking and returning allocates nothing.</summary>
/// <typeparam name="TItem">The type of the objects.</typeparam>
internal sealed class IdlePool<TItem> : IDisposable
    where TItem : class, IDisposable
{
    private readonly TItem?[] _items = new TItem?[Math.Max(64, 2 * Environment.ProcessorCount)];
    private volatile bool _disposed;

    /// <summary>Takes an object; null if there is none.</summary>
    public TItem? TryTake()
    {
        for (var i = 0; i < _items.Length; i++)
        {
            if (Volatile.Read(ref _items[i]) is not null && Interlocked.Exchange(ref _items[i], null) is { } item)
                return item;
        }

        return null;
    }

    /// <summary>Returns an object, which is disposed if there is no room for it or the pool was disposed.</summary>
    public void Return(TItem item)
    {
        if (!TryPut(item))
            item.Dispose();

        // The pool may have been disposed, and emptied, before the object was in it.
        if (_disposed)
            Empty();
    }

    /// <summary>Disposes the objects that nobody uses now, and each of the others when it is returned.</summary>
    public void Dispose()
    {
        _disposed = true;
        Empty();
    }

    private bool TryPut(TItem item)
    {
        if (_disposed)
            return false;
        for (var i = 0; i < _items.Length; i++)
        {
            if (Volatile.Read(ref _items[i]) is null && Interlocked.CompareExchange(ref _items[i], item, null) is null)
                return true;
        }

        return false;
    }

    private void Empty()
    {
        while (TryTake() is { } item)
            item.Dispose();
    }
}
