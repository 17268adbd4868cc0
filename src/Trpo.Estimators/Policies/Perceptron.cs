using Trpo.Estimators.Randomness;
using Trpo.Onnx.Graph;
using static TorchSharp.torch;

namespace Trpo.Estimators.Policies;

/// <summary>A multilayer perceptron, <c>[N, inputs] -> [N, outputs]</c>: linear layers with tanh between them.</summary>
internal sealed class Perceptron : nn.Module<Tensor, Tensor>
{
    // The gain of orthogonal layers before a tanh, customary since "Implementation matters" (Engstrom et al. 2020).
    private static readonly double HiddenGain = Math.Sqrt(2);

    private readonly List<LinearLayer> _layers = [];

    /// <param name="inputs">The number of values that go in.</param>
    /// <param name="hidden">The widths of the hidden layers; none makes a linear function.</param>
    /// <param name="outputs">The number of values that come out.</param>
    /// <param name="outputGain">The scale of the last layer's weights.</param>
    /// <param name="random">The source of the initial weights.</param>
    public Perceptron(int inputs, IReadOnlyList<int> hidden, int outputs, double outputGain, RandomSource random)
        : base(nameof(Perceptron))
    {
        foreach (var width in hidden)
        {
            _layers.Add(new LinearLayer(inputs, width, HiddenGain, random));
            inputs = width;
        }

        _layers.Add(new LinearLayer(inputs, outputs, outputGain, random));
        for (var i = 0; i < _layers.Count; i++)
            register_module(Name(i), _layers[i]);
    }

    public override Tensor forward(Tensor input)
    {
        var value = _layers[0].forward(input);
        for (var i = 1; i < _layers.Count; i++)
            value = _layers[i].forward(value.tanh());
        return value;
    }

    /// <summary>Makes the outputs <c>scale y + shift</c> of what they were.</summary>
    public void RescaleOutput(double scale, double shift) => _layers[^1].Rescale(scale, shift);

    /// <summary>Adds the forward pass to a graph and returns the name of its output.</summary>
    public string Export(OnnxGraphBuilder graph, string input)
    {
        var value = _layers[0].Export(graph, Name(0), input);
        for (var i = 1; i < _layers.Count; i++)
            value = _layers[i].Export(graph, Name(i), graph.Node("Tanh", $"{value}_tanh", [value]));
        return value;
    }

    private static string Name(int layer) => $"layer{layer}";
}
