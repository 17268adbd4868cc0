using Trpo.Estimators.Kernels;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Networks;

/// <summary>A perceptron whose parameters are those of a TorchSharp module, computed by a kernel in managed memory.</summary>
internal sealed class ManagedPerceptron : IDifferentiableNetwork
{
    private readonly Perceptron _perceptron;
    private readonly IPerceptronKernel _kernel;

    public ManagedPerceptron(Perceptron perceptron, IPerceptronKernel kernel)
    {
        _perceptron = perceptron;
        _kernel = kernel;
        Parameters = new FlatParameters(perceptron);
        var parameters = new double[Parameters.Length];
        Parameters.CopyTo(parameters);
        _kernel.Assign(parameters);
    }

    public int Outputs => _perceptron.Widths[^1];

    public FlatParameters Parameters { get; }

    public void Assign(ReadOnlySpan<double> parameters)
    {
        Parameters.Overwrite(parameters);
        _kernel.Assign(parameters);
    }

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs) => _kernel.Evaluate(inputs, outputs);

    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs) => _kernel.Linearize(inputs, outputs);

    public void Product(ReadOnlySpan<double> vector, Span<double> tangents) => _kernel.Product(vector, tangents);

    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient) => _kernel.TransposeProduct(cotangents, gradient);

    public void Dispose() => _perceptron.Dispose();
}
