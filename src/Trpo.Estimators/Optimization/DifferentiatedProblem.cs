using Trpo.Estimators.Foundation;
using static TorchSharp.torch;

namespace Trpo.Estimators.Optimization;

/// <summary>A problem whose derivatives libtorch finds, whatever computes the objective and the divergence.</summary>
internal sealed class DifferentiatedProblem(FlatParameters parameters, Func<(Tensor Objective, Tensor MeanKl)> evaluate) : ITrustRegionProblem, IDisposable
{
    private Tensor? _meanKl;
    private FisherVectorProduct? _fisher;

    public int Length => parameters.Length;

    public void CopyTo(Span<double> values) => parameters.CopyTo(values);

    public void Assign(ReadOnlySpan<double> values) => parameters.Assign(values);

    public string NameOf(int index) => parameters.NameOf(index);

    public double Gradient(Span<double> gradient)
    {
        Dispose();
        using var scope = NewDisposeScope();
        using var withGradients = GradientMode.Enable();
        var (objective, meanKl) = evaluate();
        parameters.Gradient(objective, gradient, retainGraph: true);
        if (!meanKl.requires_grad)
            throw new InvalidOperationException("The KL divergence that was evaluated does not depend on the parameters, so that it bounds nothing. Is there a detach, or a no_grad, too much?");
        _meanKl = meanKl.DetachFromDisposeScope();
        return TensorCopy.Number(objective);
    }

    public void FisherProduct(ReadOnlySpan<double> vector, Span<double> product)
    {
        _fisher ??= FisherVectorProduct.Of(parameters, _meanKl ?? throw new InvalidOperationException("The gradient comes first."), damping: 0);
        _fisher.Apply(vector, product);
    }

    public (double Objective, double MeanKl) Evaluate()
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var (objective, meanKl) = evaluate();
        return (TensorCopy.Number(objective), TensorCopy.Number(meanKl));
    }

    public void Dispose()
    {
        _fisher?.Dispose();
        _meanKl?.Dispose();
        (_fisher, _meanKl) = (null, null);
    }
}
