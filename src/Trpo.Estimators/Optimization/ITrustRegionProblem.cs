namespace Trpo.Estimators.Optimization;

/// <summary>
/// An objective of a model's parameters to maximize, and a divergence of the model's predictions from those at the start to keep
/// small. Vectors <c>[n]</c> are of the length of the parameters.
/// </summary>
public interface ITrustRegionProblem
{
    /// <summary>The number of parameters, <c>n</c>.</summary>
    int Length { get; }

    /// <summary>Copies the parameters out.</summary>
    /// <param name="parameters">Receives the parameters, <c>[n]</c>.</param>
    void CopyTo(Span<double> parameters);

    /// <summary>Changes the parameters. Values that <see cref="CopyTo"/> returned are restored bit for bit.</summary>
    /// <param name="parameters">The parameters, <c>[n]</c>.</param>
    void Assign(ReadOnlySpan<double> parameters);

    /// <summary>Computes the objective at the start and its gradient. Called first, before the parameters change.</summary>
    /// <param name="gradient">Receives the gradient, <c>[n]</c>.</param>
    double Gradient(Span<double> gradient);

    /// <summary>Multiplies a vector by the Fisher matrix at the start: the Hessian of the mean KL(old || new) where new is old. Called after <see cref="Gradient"/>, before the parameters change.</summary>
    /// <param name="vector">The vector, <c>[n]</c>.</param>
    /// <param name="product">Receives the product, <c>[n]</c>.</param>
    void FisherProduct(ReadOnlySpan<double> vector, Span<double> product);

    /// <summary>Computes the objective and the mean KL(old || new) at the present parameters. Called after <see cref="Gradient"/>.</summary>
    (double Objective, double MeanKl) Evaluate();

    /// <summary>Returns the name of the parameter that an element belongs to, for messages.</summary>
    /// <param name="index">The index of the element in a vector.</param>
    string NameOf(int index);
}
