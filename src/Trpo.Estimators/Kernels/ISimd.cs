namespace Trpo.Estimators.Kernels;

/// <summary>
/// The operations on vectors that kernels use, so that each kernel is written once for all widths. .NET's vector types share no public interface, which is why
/// the implementations repeat each other.
/// </summary>
/// <typeparam name="TVector">A vector of float32.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>Gets the number of elements of a vector.</summary>
    static abstract int Count { get; }

    /// <summary>Gets the number of vectors that the processor's registers hold at least.</summary>
    static abstract int RegisterCount { get; }

    /// <summary>Returns a vector whose elements all have a value.</summary>
    static abstract TVector Create(float value);

    /// <summary>Reads a vector, which need not be aligned.</summary>
    static abstract TVector Load(float* source);

    /// <summary>Writes a vector, which need not be aligned.</summary>
    static abstract void Store(TVector vector, float* destination);

    /// <summary>Returns the sum of all elements.</summary>
    static abstract float Sum(TVector vector);

    /// <summary>Adds element by element.</summary>
    static abstract TVector Add(TVector left, TVector right);

    /// <summary>Multiplies element by element.</summary>
    static abstract TVector Multiply(TVector left, TVector right);

    /// <summary>Divides element by element.</summary>
    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>Returns the smaller elements. Where <paramref name="right"/> is NaN, the result is.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>Returns the larger elements. Where <paramref name="right"/> is NaN, the result is.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary>Computes <c>left right + addend</c>, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary>Returns the elements of <paramref name="value"/> where <paramref name="condition"/> is positive, and 0 elsewhere.</summary>
    static abstract TVector WherePositive(TVector condition, TVector value);
}
