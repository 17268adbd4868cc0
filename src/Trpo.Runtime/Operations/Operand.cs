using Trpo.Runtime.Kernels;

namespace Trpo.Runtime.Operations;

/// <summary>An input of an operation: a value of the row, or constant numbers.</summary>
internal readonly struct Operand
{
    private readonly float[]? _constant;
    private readonly Slot _slot;

    private Operand(float[]? constant, Slot slot)
    {
        _constant = constant;
        _slot = slot;
    }

    /// <summary>Creates an operand that is a value of the row.</summary>
    public static Operand Of(Slot slot) => new(constant: null, slot);

    /// <summary>Creates an operand that is constant.</summary>
    /// <param name="numbers">The numbers: as many as <paramref name="length"/>, or one for all.</param>
    /// <param name="length">The length.</param>
    public static Operand Of(ReadOnlySpan<float> numbers, int length)
    {
        var constant = new float[RowKernel.Padded(length)];
        if (numbers.Length == 1)
            constant.AsSpan().Fill(numbers[0]);
        else
            numbers.CopyTo(constant);
        return new Operand(constant, default);
    }

    /// <summary>Returns the numbers and their padding.</summary>
    public ReadOnlySpan<float> PaddedIn(Span<float> memory) => _constant ?? (ReadOnlySpan<float>)_slot.PaddedIn(memory);
}
