using Trpo.Estimators.Kernels;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Networks;

/// <summary>A perceptron computed by a kernel in managed memory, without libtorch.</summary>
internal sealed class ManagedPerceptron : IDifferentiableNetwork
{
    private readonly IPerceptronKernel _kernel;

    /// <param name="model">The perceptron, whose parameters <see cref="Assign"/> changes.</param>
    /// <param name="kernel">A kernel of its widths and activation.</param>
    public ManagedPerceptron(PerceptronModel model, IPerceptronKernel kernel)
    {
        Model = model;
        _kernel = kernel;
        var parameters = new double[model.Length];
        model.CopyTo(parameters);
        _kernel.Assign(parameters);
    }

    /// <summary>Gets the perceptron.</summary>
    public PerceptronModel Model { get; }

    INetworkModel IDifferentiableNetwork.Model => Model;

    public int Outputs => Model.Widths[^1];

    public IParameterVector Parameters => Model;

    public void Assign(ReadOnlySpan<double> parameters)
    {
        Model.Assign(parameters);
        _kernel.Assign(parameters);
    }

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs) => _kernel.Evaluate(inputs, outputs);

    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs) => _kernel.Linearize(inputs, outputs);

    public bool TryRestrict(ReadOnlySpan<int> rows) => _kernel.TryRestrict(rows);

    public void Product(ReadOnlySpan<double> vector, Span<double> tangents) => _kernel.Product(vector, tangents);

    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient) => _kernel.TransposeProduct(cotangents, gradient);

    public void Dispose()
    {
    }
}
