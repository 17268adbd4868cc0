using Trpo.Estimators.Foundation;
using Trpo.Estimators.Optimization;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>A perceptron whose products with the Jacobian are computed by matrix products of libtorch, from activations that are computed once, on the device of its parameters.</summary>
internal sealed class TorchPerceptron : IDifferentiableNetwork
{
    private readonly Perceptron _perceptron;
    private readonly TorchNetwork _network;
    private readonly ScalarType _type;
    private readonly Device _device;
    private readonly List<Tensor> _activations = [];
    private readonly List<Tensor> _derivatives = [];
    private Tensor[] _tangents = [];
    private Tensor[] _cotangents = [];
    private Tensor? _gradient;

    public TorchPerceptron(Perceptron perceptron)
    {
        _perceptron = perceptron;
        _network = new TorchNetwork(perceptron, perceptron.Widths[^1]);
        (_type, _device) = (perceptron.Layers[0].Weight.dtype, perceptron.Layers[0].Weight.device);
    }

    public int Outputs => _network.Outputs;

    public FlatParameters Parameters => _network.Parameters;

    public void Assign(ReadOnlySpan<double> parameters)
    {
        Release();
        _network.Assign(parameters);
    }

    public void Evaluate(ReadOnlySpan<float> inputs, Span<double> outputs) => _network.Evaluate(inputs, outputs);

    public void Evaluate(Tensor inputs, Span<double> outputs) => _network.Evaluate(inputs, outputs);

    public void Linearize(ReadOnlySpan<float> inputs, Span<double> outputs)
    {
        using var scope = NewDisposeScope();
        Linearize(_network.ToTensor(inputs, outputs.Length), outputs);
    }

    /// <summary>Computes the outputs of a batch and prepares the products for it.</summary>
    /// <param name="inputs"><c>[N, inputs]</c>.</param>
    /// <param name="outputs">Receives <c>[N, outputs]</c>.</param>
    public void Linearize(Tensor inputs, Span<double> outputs)
    {
        Release();
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var value = inputs.alias();
        for (var i = 0; i < _perceptron.Layers.Count; i++)
        {
            _activations.Add(value.DetachFromDisposeScope());
            var layer = _perceptron.Layers[i];
            value = addmm(layer.Bias, value, layer.Weight.t(), 1, 1);
            if (i + 1 == _perceptron.Layers.Count)
                break;
            (value, var derivative) = TorchActivation.WithDerivative(_perceptron.Activation, value);
            _derivatives.Add(derivative.DetachFromDisposeScope());
        }

        var rows = inputs.shape[0];
        _tangents = [.. _perceptron.Layers.Select(layer => zeros(rows, layer.Weight.shape[0], dtype: _type, device: _device).DetachFromDisposeScope())];
        _cotangents = [.. _activations.Skip(1).Select(activation => zeros_like(activation).DetachFromDisposeScope())];
        _gradient = zeros(Parameters.Length, dtype: _type, device: _device).DetachFromDisposeScope();
        TensorCopy.Copy(value, outputs);
    }

    // t' = W t + dW a + db, times the derivative.
    public void Product(ReadOnlySpan<double> vector, Span<double> tangents)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        CheckLinearized();
        var direction = TensorCopy.From(vector).to(_type, _device);
        var start = 0L;
        for (var i = 0; i < _tangents.Length; i++)
        {
            var (layer, tangent) = (_perceptron.Layers[i], _tangents[i]);
            var (weight, bias) = Views(direction, layer, ref start);
            tangent.copy_(bias).addmm_(_activations[i], weight.t(), 1, 1);
            if (i > 0)
                tangent.addmm_(_tangents[i - 1], layer.Weight.t(), 1, 1);
            if (i < _derivatives.Count)
                tangent.mul_(_derivatives[i]);
        }

        TensorCopy.Copy(_tangents[^1], tangents);
    }

    // dW = u^T a, db = sum u, and u' = W^T u times the derivative.
    public void TransposeProduct(ReadOnlySpan<double> cotangents, Span<double> gradient)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        CheckLinearized();
        var cotangent = TensorCopy.From(cotangents).to(_type, _device).view(_activations[0].shape[0], Outputs);
        var end = (long)Parameters.Length;
        for (var i = _perceptron.Layers.Count - 1; i >= 0; i--)
        {
            var layer = _perceptron.Layers[i];
            var start = end -= layer.Weight.numel() + layer.Bias.numel();
            var (weight, bias) = Views(_gradient!, layer, ref start);

            // With a factor of zero for the previous contents, addmm_ writes the product without allocating.
            weight.addmm_(cotangent.t(), _activations[i], 0, 1);
            bias.copy_(cotangent.sum([0L]));
            if (i > 0)
                cotangent = _cotangents[i - 1].addmm_(cotangent, layer.Weight, 0, 1).mul_(_derivatives[i - 1]);
        }

        TensorCopy.Copy(_gradient!, gradient);
    }

    public void Dispose()
    {
        Release();
        _network.Dispose();
    }

    private static (Tensor Weight, Tensor Bias) Views(Tensor flat, LinearLayer layer, ref long start)
    {
        var weight = flat.narrow(0, start, layer.Weight.numel()).view(layer.Weight.shape);
        var bias = flat.narrow(0, start + layer.Weight.numel(), layer.Bias.numel());
        start += layer.Weight.numel() + layer.Bias.numel();
        return (weight, bias);
    }

    private void CheckLinearized()
    {
        if (_gradient is null)
            throw new InvalidOperationException("The perceptron is not linearized at the present parameters: call Linearize before computing products.");
    }

    private void Release()
    {
        foreach (var tensor in (IEnumerable<Tensor?>)[.. _activations, .. _derivatives, .. _tangents, .. _cotangents, _gradient])
            tensor?.Dispose();
        _activations.Clear();
        _derivatives.Clear();
        (_tangents, _cotangents, _gradient) = ([], [], null);
    }
}
