namespace Trpo.Estimators.Kernels;

/// <summary>The operations that kernels need of a vector type, so that each kernel is written once for all widths.</summary>
/// <typeparam name="TVector">A vector of float32.</typeparam>
internal unsafe interface ISimd<TVector>
    where TVector : struct
{
    /// <summary>The number of elements of a vector.</summary>
    static abstract int Count { get; }

    static abstract TVector Create(float value);

    static abstract TVector Load(float* source);

    static abstract void Store(TVector vector, float* destination);

    /// <summary>The sum of all elements.</summary>
    static abstract float Sum(TVector vector);

    static abstract TVector Add(TVector left, TVector right);

    static abstract TVector Multiply(TVector left, TVector right);

    static abstract TVector Divide(TVector left, TVector right);

    /// <summary>The smaller; <paramref name="right"/> where that is not a number.</summary>
    static abstract TVector Min(TVector left, TVector right);

    /// <summary>The larger; <paramref name="right"/> where that is not a number.</summary>
    static abstract TVector Max(TVector left, TVector right);

    /// <summary><c>left right + addend</c>, rounded once.</summary>
    static abstract TVector MultiplyAdd(TVector left, TVector right, TVector addend);

    /// <summary><paramref name="value"/> where <paramref name="condition"/> is positive, 0 elsewhere.</summary>
    static abstract TVector WherePositive(TVector condition, TVector value);
}
