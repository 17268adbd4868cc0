namespace Trpo.Estimators.Optimization;

/// <summary>The parameters of a model as one vector of float64.</summary>
internal interface IParameterVector
{
    /// <summary>Gets the number of elements, <c>n</c>.</summary>
    int Length { get; }

    /// <summary>Gets a value that is true if the parameters are float32, false if they are float64.</summary>
    bool IsSingle { get; }

    /// <summary>Returns the name of the parameter that an element belongs to.</summary>
    /// <param name="index">The index of the element in the vector.</param>
    string NameOf(int index);

    /// <summary>Copies the parameters out.</summary>
    /// <param name="values">Receives the vector, <c>[n]</c>.</param>
    void CopyTo(Span<double> values);
}
