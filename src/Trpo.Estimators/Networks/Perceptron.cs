using Trpo.Estimators.Foundation;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Networks;

/// <summary>The built-in network as a module, for libtorch to compute.</summary>
internal sealed class Perceptron : ExportableModule
{
    private readonly List<LinearLayer> _layers = [];

    /// <summary>Creates a module with initial weights; parameters as those of <see cref="PerceptronModel.Create"/>.</summary>
    public Perceptron(int inputs, IReadOnlyList<int> hidden, int outputs, Activation activation, double outputGain, RandomSource? random)
        : this(PerceptronModel.Create(inputs, hidden, outputs, activation, outputGain, random))
    {
    }

    /// <summary>Creates a module with a copy of the parameters.</summary>
    public Perceptron(PerceptronModel model)
        : base(nameof(Perceptron))
    {
        (Activation, Widths) = (model.Activation, model.Widths);
        for (var i = 0; i < model.Layers; i++)
            _layers.Add(new LinearLayer(model.Widths[i], model.Widths[i + 1], model.Weights(i), model.Biases(i)));
        for (var i = 0; i < _layers.Count; i++)
            register_module(PerceptronModel.LayerName(i), _layers[i]);
    }

    /// <summary>Gets the activation function between the layers.</summary>
    public Activation Activation { get; }

    /// <summary>Gets the number of inputs, the widths of the hidden layers, and the number of outputs.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>Gets the layers, from the inputs to the outputs.</summary>
    public IReadOnlyList<LinearLayer> Layers => _layers;

    /// <summary>Copies the parameters to managed memory.</summary>
    public PerceptronModel ToModel() => new(Widths, Activation, [.. _layers.SelectMany(layer => (Tensor[])[layer.Weight, layer.Bias]).SelectMany(TensorCopy.ToArray)]);

    public override Tensor forward(Tensor input)
    {
        var value = _layers[0].forward(input);
        for (var i = 1; i < _layers.Count; i++)
            value = _layers[i].forward(TorchActivation.Apply(Activation, value));
        return value;
    }

    public override string Export(OnnxGraphBuilder graph, string input) => ToModel().Export(graph, input);
}
