using System.Numerics.Tensors;
using Trpo.Estimators.Foundation;
using static TorchSharp.torch;

namespace Trpo.Estimators.Optimization;

/// <summary>
/// Products <c>v -> Hv + damping v</c> with the Hessian <c>H</c> of the mean KL divergence at the parameters where it is zero, which is the
/// Fisher information matrix; <c>H</c> is never formed. The product is the gradient of an inner product (Pearlmutter 1994),
/// <c>Hv = grad (v . grad KL)</c>, whose inner gradient is computed once.
/// </summary>
public sealed class FisherVectorProduct : IDisposable
{
    private readonly FlatParameters _parameters;
    private readonly double _damping;
    private readonly Tensor _klGradient;

    private FisherVectorProduct(FlatParameters parameters, Tensor meanKl, double damping)
    {
        _parameters = parameters;
        _damping = damping;
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();

        // libtorch keeps the graph alive for as long as this tensor is.
        _klGradient = cat([.. parameters.DifferentiableGradients(meanKl).Select(gradient => gradient.reshape(-1))]).DetachFromDisposeScope();
    }

    /// <summary>Prepares the products at the present values of the parameters.</summary>
    /// <param name="parameters">The parameters, <c>n</c> elements.</param>
    /// <param name="meanKl">
    /// The mean of KL(old || new), a scalar just computed from the parameters with gradients, with old the same predictions, detached.
    /// </param>
    /// <param name="damping">The multiple of the identity that is added, 0 or more.</param>
    public static FisherVectorProduct Of(FlatParameters parameters, Tensor meanKl, double damping)
    {
        ArgumentNullException.ThrowIfNull(parameters);
        ArgumentNullException.ThrowIfNull(meanKl);
        Check.NotNegative(damping);
        return new FisherVectorProduct(parameters, meanKl, damping);
    }

    /// <summary>Computes <c>Hv + damping v</c>.</summary>
    /// <param name="vector"><c>v</c>, <c>[n]</c>.</param>
    /// <param name="product">Receives the product, <c>[n]</c>.</param>
    /// <exception cref="System.Runtime.InteropServices.ExternalException">The parameters were changed since the products were prepared.</exception>
    public void Apply(ReadOnlySpan<double> vector, Span<double> product)
    {
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();
        var inner = (_klGradient * TensorCopy.From(vector).to(_klGradient.dtype, _klGradient.device)).sum();
        _parameters.Gradient(inner, product, retainGraph: true);
        TensorPrimitives.MultiplyAdd(vector, _damping, product, product);
    }

    /// <summary>Frees the graph behind the products.</summary>
    public void Dispose() => _klGradient.Dispose();
}
