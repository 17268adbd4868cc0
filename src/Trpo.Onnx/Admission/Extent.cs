using System.Globalization;

namespace Trpo.Onnx.Admission;

/// <summary>A dimension, a count or a cost that may grow with the batch: <c>Fixed + PerRow * N</c> for a batch of N rows, N at least 1. Results saturate.</summary>
/// <param name="Fixed">The part that does not depend on the batch.</param>
/// <param name="PerRow">The part of each row.</param>
internal readonly record struct Extent(long Fixed, long PerRow)
{
    /// <summary>The number of rows of a batch, N.</summary>
    public static Extent Batch => new(0, 1);

    /// <summary>True if the extent is the same for every batch.</summary>
    public bool IsFixed => PerRow == 0;

    /// <summary>Converts a number that does not depend on the batch.</summary>
    public static implicit operator Extent(long value) => new(value, 0);

    /// <summary>Adds two extents.</summary>
    public static Extent operator +(Extent left, Extent right) => new(Clamp((Int128)left.Fixed + right.Fixed), Clamp((Int128)left.PerRow + right.PerRow));

    /// <summary>Subtracts an extent.</summary>
    public static Extent operator -(Extent left, Extent right) => new(Clamp((Int128)left.Fixed - right.Fixed), Clamp((Int128)left.PerRow - right.PerRow));

    /// <summary>Multiplies two extents, of which at most one may grow with the batch.</summary>
    /// <exception cref="InvalidDataException">The product would grow with the square of the batch.</exception>
    public static Extent operator *(Extent left, Extent right)
    {
        if (!left.IsFixed && !right.IsFixed)
            throw new InvalidDataException($"a size of {left} times {right} grows with the square of the batch, and a policy decides on each row alone.");
        return new(
            Clamp((Int128)left.Fixed * right.Fixed),
            Clamp(((Int128)left.Fixed * right.PerRow) + ((Int128)left.PerRow * right.Fixed)));
    }

    /// <summary>Divides an extent by another without remainder; null where there is one.</summary>
    public Extent? DividedBy(Extent divisor)
    {
        if (divisor.IsFixed)
            return divisor.Fixed != 0 && Fixed % divisor.Fixed == 0 && PerRow % divisor.Fixed == 0 ? new Extent(Fixed / divisor.Fixed, PerRow / divisor.Fixed) : null;
        var quotient = PerRow / divisor.PerRow;
        return new Extent(quotient, 0) * divisor == this ? quotient : null;
    }

    /// <summary>Returns the extent for a number of rows.</summary>
    public long For(long rows) => Clamp(Fixed + ((Int128)PerRow * rows));

    /// <inheritdoc/>
    public override string ToString() => (Fixed, PerRow) switch
    {
        (_, 0) => Fixed.ToString(CultureInfo.InvariantCulture),
        (0, 1) => "N",
        (0, _) => string.Create(CultureInfo.InvariantCulture, $"{PerRow} N"),
        _ => string.Create(CultureInfo.InvariantCulture, $"({Fixed} + {PerRow} N)"),
    };

    private static long Clamp(Int128 value) => value > long.MaxValue ? long.MaxValue : value < long.MinValue ? long.MinValue : (long)value;
}
