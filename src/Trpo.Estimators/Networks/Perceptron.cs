using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Networks;

/// <summary>A multilayer perceptron, <c>[N, inputs] -> [N, outputs]</c>: linear layers with an activation function between them.</summary>
internal sealed class Perceptron : ExportableModule
{
    // The usual gain of orthogonal layers before an activation function, see "Implementation matters" (Engstrom et al. 2020).
    private static readonly double HiddenGain = Math.Sqrt(2);

    private readonly List<LinearLayer> _layers = [];

    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hidden">The widths of the hidden layers; empty for a linear function.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="activation">The activation function between the layers.</param>
    /// <param name="outputGain">The gain of the last layer's initial weights.</param>
    /// <param name="random">The source of the initial weights; null for weights of 0, which the caller replaces.</param>
    public Perceptron(int inputs, IReadOnlyList<int> hidden, int outputs, Activation activation, double outputGain, RandomSource? random)
        : base(nameof(Perceptron))
    {
        Activation = activation;
        Widths = [inputs, .. hidden, outputs];
        foreach (var width in hidden)
        {
            _layers.Add(new LinearLayer(inputs, width, HiddenGain, random));
            inputs = width;
        }

        _layers.Add(new LinearLayer(inputs, outputs, outputGain, random));
        for (var i = 0; i < _layers.Count; i++)
            register_module(Name(i), _layers[i]);
    }

    /// <summary>Gets the activation function between the layers.</summary>
    public Activation Activation { get; }

    /// <summary>Gets the number of inputs, the widths of the hidden layers, and the number of outputs.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>Gets the layers, from the inputs to the outputs.</summary>
    public IReadOnlyList<LinearLayer> Layers => _layers;

    public override Tensor forward(Tensor input)
    {
        var value = _layers[0].forward(input);
        for (var i = 1; i < _layers.Count; i++)
            value = _layers[i].forward(TorchActivation.Apply(Activation, value));
        return value;
    }

    public override string Export(OnnxGraphBuilder graph, string input)
    {
        var value = _layers[0].Export(graph, Name(0), input);
        for (var i = 1; i < _layers.Count; i++)
            value = _layers[i].Export(graph, Name(i), Activate(graph, value));
        return value;
    }

    // Operator set 12 has the other functions under their names, but no SiLU.
    private string Activate(OnnxGraphBuilder graph, string value) => Activation == Activation.Silu
        ? graph.Node("Mul", $"{value}_activation", [value, graph.Node("Sigmoid", $"{value}_logistic", [value])])
        : graph.Node(Activation.ToString(), $"{value}_activation", [value]);

    private static string Name(int layer) => $"layer{layer}";
}
