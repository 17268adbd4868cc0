namespace Trpo.Estimators.Kernels;

/// <summary>
/// A multilayer perceptron in managed memory: its outputs, and the products with its Jacobian <c>J</c>, the derivatives of all outputs of a
/// batch with respect to all parameters. Parameters and all vectors of their length <c>[n]</c> are ordered by layer, each layer's <c>W</c>
/// <c>[outputs, inputs]</c> before its <c>b</c>. Wrong lengths throw an <see cref="ArgumentException"/>, products without a preceding <see cref="Linearize"/>
/// an <see cref="InvalidOperationException"/>. An instance must not be used by two threads at once.
/// </summary>
internal interface IPerceptronKernel
{
    /// <summary>Sets the parameters, rounded to float32.</summary>
    void Assign(ReadOnlySpan<double> parameters);

    /// <summary>Computes the outputs of a batch.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">Receives <c>[N, outputs]</c>.</param>
    void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs);

    /// <summary>Computes the outputs of a batch and keeps the activations, which the products need. Shapes are those of <see cref="Evaluate"/>.</summary>
    void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs);

    /// <summary>Makes some rows of the batch of <see cref="Linearize"/> the batch that the products are those of.</summary>
    /// <param name="rows">The indices of the rows, at least one, in ascending order.</param>
    /// <returns>False if nothing was done, because the parameters changed since <see cref="Linearize"/>.</returns>
    bool TryRestrict(ReadOnlySpan<int> rows);

    /// <summary>Computes <c>J v</c> at the parameters and the batch of <see cref="Linearize"/>.</summary>
    /// <param name="vector"><c>v</c>, <c>[n]</c>.</param>
    /// <param name="tangents">Receives <c>[N, outputs]</c>.</param>
    void Product(ReadOnlySpan<double> vector, Span<double> tangents);

    /// <summary>Computes <c>J^T u</c> at the parameters and the batch of <see cref="Linearize"/>.</summary>
    /// <param name="cotangents"><c>u</c>, <c>[N, outputs]</c>.</param>
    /// <param name="gradient">Receives <c>[n]</c>.</param>
    void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient);
}
