using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;

namespace Trpo.Tests.Support;

/// <summary>A network that ignores the inputs of its calls and computes fixed ones, of any precision.</summary>
internal sealed class FixedInputs(IDifferentiableNetwork network, Tensor inputs) : IDifferentiableNetwork
{
    public int Outputs => network.Outputs;

    public INetworkModel Model => network.Model;

    public IParameterVector Parameters => network.Parameters;

    public void Assign(ReadOnlySpan<double> parameters) => network.Assign(parameters);

    public void Evaluate(ReadOnlySpan<float> _, Span<double> outputs)
    {
        if (network is TorchPerceptron perceptron)
            perceptron.Evaluate(inputs, outputs);
        else
            ((TorchNetwork)network).Evaluate(inputs, outputs);
    }

    public void Linearize(ReadOnlySpan<float> _, Span<double> outputs)
    {
        if (network is TorchPerceptron perceptron)
            perceptron.Linearize(inputs, outputs);
        else
            ((TorchNetwork)network).Linearize(inputs, outputs);
    }

    public void Product(ReadOnlySpan<double> vector, Span<double> tangents) => network.Product(vector, tangents);

    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient) => network.TransposeProduct(cotangents, gradient);

    public void Dispose() => network.Dispose();
}
