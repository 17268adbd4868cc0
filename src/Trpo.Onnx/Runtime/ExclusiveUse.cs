namespace Trpo.Onnx.Runtime;

/// <summary>
/// The right to use memory, which one thread has at a time. Filling memory, running a policy on it and reading the results are one use: another thread
/// in between would get wrong results, so that the right belongs to the first thread that uses the memory until it gives it up.
/// </summary>
/// <typeparam name="TAtomics">The operations of threads: <see cref="SystemAtomics"/>, or those of a scheduler.</typeparam>
/// <param name="isBound">True if the memory belongs to the first thread that uses it; false if its owner sees to it that threads take turns.</param>
/// <param name="atomics">The operations of threads.</param>
internal sealed class ExclusiveUse<TAtomics>(bool isBound, TAtomics atomics = default)
    where TAtomics : struct, IAtomics
{
    private const int Idle = 0;
    private const int Running = 1;
    private const int Disposed = 2;

    private const int Nobody = 0;

    private int _state;
    private int _thread;

    /// <summary>Throws unless the calling thread may use the memory.</summary>
    /// <exception cref="InvalidOperationException">The memory belongs to another thread.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed.</exception>
    public void Check()
    {
        if (atomics.Read(ref _state) == Disposed)
            throw WasDisposed();
        if (!isBound)
            return;
        var current = Environment.CurrentManagedThreadId;
        var user = atomics.Read(ref _thread);
        if (user != current && (user != Nobody || atomics.CompareExchange(ref _thread, current, Nobody) != Nobody))
            throw new InvalidOperationException($"This {nameof(PolicyBatch)} is in use by another thread: each thread needs a batch of its own, or acts by {nameof(PolicySession)}.Act, which any number of threads may call. A thread that passes its batch on calls {nameof(PolicyBatch)}.ReleaseThread first.");
    }

    /// <summary>Begins a run, which keeps the memory until <see cref="End"/>.</summary>
    /// <exception cref="InvalidOperationException">The memory belongs to another thread, or a run is under way.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed.</exception>
    public void Begin()
    {
        Check();
        var before = atomics.CompareExchange(ref _state, Running, Idle);
        if (before == Disposed)
            throw WasDisposed();
        if (before == Running)
            throw new InvalidOperationException($"This {nameof(PolicyBatch)} is run by another thread at this moment: each thread needs a batch of its own.");
    }

    /// <summary>Ends a run.</summary>
    /// <returns>True if the memory goes on being used; false if it was disposed during the run, so that the caller frees it.</returns>
    public bool End() => atomics.CompareExchange(ref _state, Idle, Running) == Running;

    /// <summary>Lets the next thread that uses the memory have it.</summary>
    /// <exception cref="InvalidOperationException">The memory belongs to another thread.</exception>
    /// <exception cref="ObjectDisposedException">The memory was disposed.</exception>
    public void Release()
    {
        Check();
        atomics.Exchange(ref _thread, Nobody);
    }

    /// <summary>Ends all use. Any thread may call it.</summary>
    /// <returns>True if the caller frees the memory; false if a run that is under way will, or if it was disposed before.</returns>
    public bool Dispose() => atomics.Exchange(ref _state, Disposed) == Idle;

    /// <summary>Creates the exception for memory that was disposed.</summary>
    public static ObjectDisposedException WasDisposed() => new(nameof(PolicyBatch), $"The {nameof(PolicyBatch)} was disposed.");
}
