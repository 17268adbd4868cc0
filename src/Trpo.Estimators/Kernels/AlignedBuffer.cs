namespace Trpo.Estimators.Kernels;

/// <summary>Zeroed float32 memory that does not move and starts at a cache line; it grows on request and keeps no contents then.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int Alignment = 64;

    private float[] _memory = [];

    /// <summary>Memory for a number of elements.</summary>
    public AlignedBuffer(int length) => EnsureLength(length);

    /// <summary>The first element; valid until the buffer grows or is collected.</summary>
    public float* Pointer { get; private set; }

    public int Length { get; private set; }

    /// <summary>Makes room; what was there is lost if it was not enough.</summary>
    public void EnsureLength(int length)
    {
        if (Pointer is not null && length <= Length)
            return;
        _memory = GC.AllocateArray<float>(checked(length + (Alignment / sizeof(float))), pinned: true);
        fixed (float* start = _memory)
            Pointer = (float*)(((nuint)start + Alignment - 1) & ~(nuint)(Alignment - 1));
        Length = length;
    }

    public Span<float> Span(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start + (uint)length, (uint)Length);
        return new(Pointer + start, length);
    }
}
