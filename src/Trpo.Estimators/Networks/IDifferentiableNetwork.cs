using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Networks;

/// <summary>
/// A network's outputs, and the products with its Jacobian <c>J</c>: the derivatives of all outputs of a batch by all parameters, which is
/// never formed. It belongs to one thread at a time.
/// </summary>
internal interface IDifferentiableNetwork : IDisposable
{
    /// <summary>The number of outputs for one row.</summary>
    int Outputs { get; }

    /// <summary>The module's parameters, <c>n</c> elements. They are changed through <see cref="Assign"/>.</summary>
    FlatParameters Parameters { get; }

    /// <summary>Changes the parameters.</summary>
    void Assign(ReadOnlySpan<double> parameters);

    /// <summary>Computes the outputs of a batch.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">Receives <c>[N, outputs]</c>.</param>
    void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs);

    /// <summary>Computes the outputs of a batch and prepares the products there, until the next call or the next change of the parameters.</summary>
    void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs);

    /// <summary>Computes <c>J v</c>: how the outputs change when the parameters do.</summary>
    /// <param name="vector"><c>v</c>, <c>[n]</c>.</param>
    /// <param name="tangents">Receives <c>[N, outputs]</c>.</param>
    void Product(ReadOnlySpan<double> vector, Span<double> tangents);

    /// <summary>Computes <c>J^T u</c>: the gradient of <c>u . outputs</c>.</summary>
    /// <param name="cotangents"><c>u</c>, <c>[N, outputs]</c>.</param>
    /// <param name="gradient">Receives <c>[n]</c>.</param>
    void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient);
}
