namespace Trpo.Estimators.Optimization;

/// <summary>
/// The share that one group of rows has in a trust-region problem whose objective, divergence and derivatives are sums over rows. All groups hold the
/// same parameters, vectors <c>[n]</c>. Sums of several groups are added up by <see cref="PartialProblems"/>.
/// </summary>
internal interface IPartialProblem
{
    /// <summary>The number of parameters, <c>n</c>.</summary>
    int Length { get; }

    /// <summary>The number of rows of the group, <c>N_k</c>.</summary>
    int Rows { get; }

    /// <summary>The number of rows that <see cref="FisherProduct"/> is computed on.</summary>
    int FisherRows { get; }

    /// <summary>Copies the parameters out.</summary>
    /// <param name="parameters">Receives the parameters, <c>[n]</c>.</param>
    void CopyTo(Span<double> parameters);

    /// <summary>Changes the parameters.</summary>
    /// <param name="parameters">The parameters, <c>[n]</c>.</param>
    void Assign(ReadOnlySpan<double> parameters);

    /// <summary>Makes the present parameters the start that gradient, products and divergences refer to.</summary>
    /// <returns>The sums at the start.</returns>
    LinearizationSums Linearize();

    /// <summary>Linearizes and computes the gradient at once.</summary>
    /// <param name="divisor">The number that each row's share is divided by.</param>
    /// <param name="gradient">Receives the gradient, <c>[n]</c>.</param>
    /// <returns>The sums at the start.</returns>
    LinearizationSums Linearize(double divisor, Span<double> gradient)
    {
        var sums = Linearize();
        Gradient(divisor, gradient);
        return sums;
    }

    /// <summary>Copies the rows that <see cref="FisherProduct"/> is computed on.</summary>
    SampledRows TakeSample();

    /// <summary>Computes the gradient of the objective, summed over the rows. Called right after <see cref="Linearize()"/>.</summary>
    /// <param name="divisor">The number that each row's share is divided by.</param>
    /// <param name="gradient">Receives the gradient, <c>[n]</c>.</param>
    void Gradient(double divisor, Span<double> gradient);

    /// <summary>Multiplies a vector by the Fisher matrix at the start, summed over the sampled rows. Called before the parameters change.</summary>
    /// <param name="vector">The vector, <c>[n]</c>.</param>
    /// <param name="divisor">The number that each row's share is divided by.</param>
    /// <param name="product">Receives the product, <c>[n]</c>.</param>
    void FisherProduct(ReadOnlySpan<double> vector, double divisor, Span<double> product);

    /// <summary>Computes the sums at the present parameters.</summary>
    TrialSums Evaluate();

    /// <summary>
    /// Describes the first number behind a gradient or an objective that is infinite or not a number, as the end of a sentence and advice. Called after <see cref="Gradient"/>,
    /// where the parameters are those that it was computed at.
    /// </summary>
    /// <returns>The description; null if only the derivative of the model itself is not finite.</returns>
    string? FindNonFinite();

    /// <summary>Returns the name of the parameter that an element of a vector belongs to.</summary>
    /// <param name="index">The index of the element.</param>
    string NameOf(int index);
}
