namespace Trpo.Estimators.Kernels;

/// <summary>Zeroed float32 memory that does not move and starts at a cache line; it grows on request and keeps no contents then.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int Alignment = 64;

    private float[] _memory = [];

    /// <summary>Memory for a number of elements.</summary>
    /// <exception cref="InvalidOperationException">There are more than an array can have.</exception>
    public AlignedBuffer(long length) => EnsureLength(length);

    /// <summary>The first element; valid until the buffer grows or is collected.</summary>
    public float* Pointer { get; private set; }

    public int Length { get; private set; }

    /// <summary>Makes room; what was there is lost if it was not enough.</summary>
    /// <exception cref="InvalidOperationException">There are more elements than an array can have.</exception>
    public void EnsureLength(long length)
    {
        if (Pointer is not null && length <= Length)
            return;
        var withSlack = length + (Alignment / sizeof(float));
        if (withSlack > Array.MaxLength)
            throw new InvalidOperationException($"A perceptron's {length} numbers do not fit into one array: make its layers narrower, or the batch smaller.");
        _memory = GC.AllocateArray<float>((int)withSlack, pinned: true);
        fixed (float* start = _memory)
            Pointer = (float*)(((nuint)start + Alignment - 1) & ~(nuint)(Alignment - 1));
        Length = (int)length;
    }

    public Span<float> Span(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start + (uint)length, (uint)Length);
        return new(Pointer + start, length);
    }
}
