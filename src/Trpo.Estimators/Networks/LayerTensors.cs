using Trpo.Estimators.Foundation;
using static TorchSharp.torch;

namespace Trpo.Estimators.Networks;

/// <summary>The weights and biases of a perceptron's layers without the recording of gradients: those of the module, or views of a flat vector in the order of its parameters.</summary>
internal sealed class LayerTensors : IDisposable
{
    private readonly (Tensor Weight, Tensor Transposed, Tensor Bias)[] _layers;

    private LayerTensors(Tensor flat, IEnumerable<(Tensor Weight, Tensor Bias)> layers)
    {
        Flat = flat;
        _layers = [.. layers.Select(layer => (layer.Weight.DetachFromDisposeScope(), layer.Weight.t().DetachFromDisposeScope(), layer.Bias.DetachFromDisposeScope()))];
    }

    /// <summary>Gets the flat vector, <c>[n]</c>; empty for the parameters of a module.</summary>
    public Tensor Flat { get; }

    /// <summary>Gets a weight matrix, <c>[outputs, inputs]</c>.</summary>
    public Tensor Weight(int layer) => _layers[layer].Weight;

    /// <summary>Gets the view of a weight matrix, <c>[inputs, outputs]</c>.</summary>
    public Tensor Transposed(int layer) => _layers[layer].Transposed;

    /// <summary>Gets a bias, <c>[outputs]</c>.</summary>
    public Tensor Bias(int layer) => _layers[layer].Bias;

    /// <summary>Returns the parameters themselves, which share the memory of the module.</summary>
    public static LayerTensors Of(Perceptron perceptron)
    {
        using var modes = GradientMode.Enable();
        return new LayerTensors(Allocate(perceptron, 0), perceptron.Layers.Select(layer => (layer.Weight.detach(), layer.Bias.detach())));
    }

    /// <summary>Creates a flat vector of zeros for a direction of the parameters or a gradient.</summary>
    public static LayerTensors Zeros(Perceptron perceptron)
    {
        using var modes = GradientMode.Enable();
        var flat = Allocate(perceptron, perceptron.Layers.Sum(layer => layer.Weight.numel() + layer.Bias.numel()));
        var end = 0L;
        return new LayerTensors(flat, perceptron.Layers.Select(layer => (Next(layer.Weight), Next(layer.Bias))));

        Tensor Next(Tensor like)
        {
            var start = end;
            end += like.numel();
            using var part = flat.narrow(0, start, like.numel());
            return part.view(like.shape);
        }
    }

    public void Dispose()
    {
        foreach (var (weight, transposed, bias) in _layers)
        {
            weight.Dispose();
            transposed.Dispose();
            bias.Dispose();
        }

        Flat.Dispose();
    }

    private static Tensor Allocate(Perceptron perceptron, long length) =>
        zeros(length, dtype: perceptron.Layers[0].Weight.dtype, device: perceptron.Layers[0].Weight.device).DetachFromDisposeScope();
}
