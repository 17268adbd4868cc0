namespace Trpo.Runtime.Kernels;

/// <summary>
/// The operations on vectors that kernels use, so that each kernel is written once for all widths. .NET's vector types share no public interface, which is why
/// the implementations repeat each other.
/// </summary>
/// <typeparam name="TVector">A vector of float32.</typeparam>
internal interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Gets the number of elements of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Returns a vector whose elements all have a value.</summary>
    static abstract TVector Create(float value);

    /// <summary>Reads the vector at an offset, which need not be aligned.</summary>
    static abstract TVector Load(ref readonly float source, nuint offset);

    /// <summary>Writes the vector at an offset, which need not be aligned.</summary>
    static abstract void Store(TVector vector, ref float destination, nuint offset);

    /// <summary>Adds element by element.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Multiplies element by element.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>Divides element by element.</summary>
    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>Returns the smaller elements. Where one is NaN, the result is <paramref name="right"/>.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>Returns the larger elements. Where one is NaN, the result is <paramref name="right"/>.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>Computes <c>left right + addend</c>, rounded once where the processor can.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);
}
