using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A network with products with its Jacobian <c>J</c>, the derivatives of all outputs of a batch with respect to all parameters, which is
/// never formed. An instance must not be used by two threads at once.
/// </summary>
internal interface IDifferentiableNetwork : IDisposable
{
    /// <summary>Gets the number of outputs of a row.</summary>
    int Outputs { get; }

    /// <summary>Gets the network's names, state and exported graph.</summary>
    INetworkModel Model { get; }

    /// <summary>Gets the network's parameters, <c>n</c> elements. Change them with <see cref="Assign"/> only.</summary>
    IParameterVector Parameters { get; }

    /// <summary>Sets the parameters, <c>[n]</c>.</summary>
    void Assign(ReadOnlySpan<double> parameters);

    /// <summary>Computes the outputs of a batch.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">Receives <c>[N, outputs]</c>.</param>
    void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs);

    /// <summary>Computes the outputs of a batch and prepares the products for it, until the next call or the next <see cref="Assign"/>. Shapes are those of <see cref="Evaluate"/>.</summary>
    void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs);

    /// <summary>Makes some rows of the batch of <see cref="Linearize"/> the batch that the products are those of, where that takes less than to linearize them.</summary>
    /// <param name="rows">The indices of the rows, at least one, in ascending order.</param>
    /// <returns>False if nothing was done: the rows are to be linearized.</returns>
    bool TryRestrict(ReadOnlySpan<int> rows) => false;

    /// <summary>Computes <c>J v</c>, the derivative of the outputs in a direction of the parameters.</summary>
    /// <param name="vector"><c>v</c>, <c>[n]</c>.</param>
    /// <param name="tangents">Receives <c>[N, outputs]</c>.</param>
    void Product(ReadOnlySpan<double> vector, Span<double> tangents);

    /// <summary>Computes <c>J^T u</c>, the gradient of <c>u . outputs</c>.</summary>
    /// <param name="cotangents"><c>u</c>, <c>[N, outputs]</c>.</param>
    /// <param name="gradient">Receives <c>[n]</c>.</param>
    void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient);
}
