namespace Trpo.Estimators.Kernels;

/// <summary>Pinned float32 memory, zeroed and aligned to a cache line. It grows on request, without keeping its contents.</summary>
internal sealed unsafe class AlignedBuffer
{
    private const int Alignment = 64;

    // Iterations may grow a little each time: new memory for each of them would cost more than what is computed in it.
    private const double Growth = 1.25;

    private float[] _memory = [];

    /// <summary>Allocates memory for a number of elements.</summary>
    /// <exception cref="InvalidOperationException">The number exceeds the maximum length of an array.</exception>
    public AlignedBuffer(long length) => EnsureLength(length);

    /// <summary>Gets the address of the first element, which is valid until the buffer grows or is collected.</summary>
    public float* Pointer { get; private set; }

    /// <summary>Gets the number of elements.</summary>
    public int Length { get; private set; }

    /// <summary>Grows to at least a number of elements. If the buffer grows, its contents are lost and all elements are zero.</summary>
    /// <exception cref="InvalidOperationException">The number exceeds the maximum length of an array.</exception>
    public void EnsureLength(long length)
    {
        if (Pointer is not null && length <= Length)
            return;
        const int slack = Alignment / sizeof(float);
        if (length + slack > Array.MaxLength)
            throw new InvalidOperationException($"A perceptron needs an array of {length} numbers, which exceeds the maximum of {Array.MaxLength}: make its layers narrower, or the batch smaller.");
        length = Math.Clamp((long)(Growth * Length), length, Array.MaxLength - slack);
        _memory = GC.AllocateArray<float>((int)length + slack, pinned: true);
        fixed (float* start = _memory)
            Pointer = (float*)(((nuint)start + Alignment - 1) & ~(nuint)(Alignment - 1));
        Length = (int)length;
    }

    /// <summary>Returns a part of the memory.</summary>
    public Span<float> Span(int start, int length)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)start + (uint)length, (uint)Length);
        return new(Pointer + start, length);
    }
}
