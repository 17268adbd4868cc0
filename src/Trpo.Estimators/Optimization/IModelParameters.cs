namespace Trpo.Estimators.Optimization;

/// <summary>The parameters <c>[n]</c> of a model, which can be changed.</summary>
internal interface IModelParameters : IParameterVector
{
    /// <summary>Changes the parameters; each becomes the nearest value of the model's type.</summary>
    /// <param name="values">The parameters, <c>[n]</c>.</param>
    void Assign(ReadOnlySpan<double> values);
}
