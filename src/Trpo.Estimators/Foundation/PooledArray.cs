using System.Buffers;

namespace Trpo.Estimators.Foundation;

/// <summary>An array of zeros that is borrowed from the shared pool until it is disposed, once. Vectors of the length of all parameters live for a step: new ones would cost more time than the step's arithmetic, for collections and for memory that is in no cache.</summary>
/// <typeparam name="T">A number.</typeparam>
internal readonly struct PooledArray<T> : IDisposable
    where T : unmanaged
{
    private readonly T[] _array;
    private readonly int _length;

    /// <summary>Borrows an array.</summary>
    /// <param name="length">The number of elements.</param>
    public PooledArray(int length)
    {
        _array = ArrayPool<T>.Shared.Rent(length);
        _length = length;
        Span.Clear();
    }

    /// <summary>Gets the elements.</summary>
    public Span<T> Span => _array.AsSpan(0, _length);

    /// <summary>Returns the array to the pool; <see cref="Span"/> must not be used any more.</summary>
    public void Dispose() => ArrayPool<T>.Shared.Return(_array);
}
