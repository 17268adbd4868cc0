namespace Trpo.Onnx.Runtime;

/// <summary>The atomic operations of .NET.</summary>
internal readonly struct SystemAtomics : IAtomics
{
    /// <inheritdoc/>
    public int Read(ref readonly int location, string name) => Volatile.Read(in location);

    /// <inheritdoc/>
    public int Add(ref int location, int value, string name) => Interlocked.Add(ref location, value);

    /// <inheritdoc/>
    public int Exchange(ref int location, int value, string name) => Interlocked.Exchange(ref location, value);

    /// <inheritdoc/>
    public int CompareExchange(ref int location, int value, int comparand, string name) => Interlocked.CompareExchange(ref location, value, comparand);
}
