using System.Numerics.Tensors;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;

namespace Trpo.Estimators.Networks;

/// <summary>
/// The built-in network in managed memory: linear layers <c>y = W x + b</c> with an activation function between them, <c>[N, inputs] -> [N, outputs]</c>.
/// The initial <c>W</c> is orthogonal (Saxe, McClelland and Ganguli 2014); <c>b</c> is 0. Neither creating nor exporting it needs libtorch.
/// </summary>
internal sealed class PerceptronModel : INetworkModel, IParameterVector
{
    // The usual gain of orthogonal layers before an activation function, see "Implementation matters" (Engstrom et al. 2020).
    private static readonly double HiddenGain = Math.Sqrt(2);

    private readonly float[] _values;

    /// <param name="widths">The number of inputs, the widths of the hidden layers, and the number of outputs.</param>
    /// <param name="activation">The activation function between the layers.</param>
    /// <param name="values">The parameters: <c>W</c> <c>[outputs, inputs]</c> and <c>b</c> of each layer in turn.</param>
    public PerceptronModel(IReadOnlyList<int> widths, Activation activation, float[] values)
    {
        (Widths, Activation, _values) = (widths, activation, values);
        if (values.Length != LengthOf(widths))
            throw new ArgumentException($"There are {values.Length} parameters, but the perceptron has {LengthOf(widths)}.", nameof(values));
    }

    /// <summary>Gets the activation function between the layers.</summary>
    public Activation Activation { get; }

    /// <summary>Gets the number of inputs, the widths of the hidden layers, and the number of outputs.</summary>
    public IReadOnlyList<int> Widths { get; }

    /// <summary>Gets the number of layers.</summary>
    public int Layers => Widths.Count - 1;

    /// <inheritdoc/>
    public int Length => _values.Length;

    /// <inheritdoc/>
    public bool IsSingle => true;

    // Checkpoints had this name before the parameters were in managed memory.
    /// <inheritdoc/>
    public string TypeName => nameof(Perceptron);

    /// <inheritdoc/>
    public IEnumerable<(string Name, IReadOnlyList<long> Shape)> Shapes
    {
        get
        {
            for (var layer = 0; layer < Layers; layer++)
            {
                yield return ($"{LayerName(layer)}.weight", [Widths[layer + 1], Widths[layer]]);
                yield return ($"{LayerName(layer)}.bias", [Widths[layer + 1]]);
            }
        }
    }

    /// <inheritdoc/>
    public IEnumerable<(string Name, object Value)> States => [(Shapes.First().Name, _values)];

    /// <inheritdoc/>
    public bool IsCheckpointable => true;

    /// <summary>Creates a perceptron with initial weights.</summary>
    /// <param name="inputs">The number of inputs.</param>
    /// <param name="hidden">The widths of the hidden layers; empty for a linear function.</param>
    /// <param name="outputs">The number of outputs.</param>
    /// <param name="activation">The activation function between the layers.</param>
    /// <param name="outputGain">The gain of the last layer's initial weights.</param>
    /// <param name="random">The source of the initial weights; null for weights of 0, which the caller replaces.</param>
    public static PerceptronModel Create(int inputs, IReadOnlyList<int> hidden, int outputs, Activation activation, double outputGain, RandomSource? random)
    {
        int[] widths = [inputs, .. hidden, outputs];
        var model = new PerceptronModel(widths, activation, new float[LengthOf(widths)]);
        for (var layer = 0; random is not null && layer < model.Layers; layer++)
            OrthogonalMatrix.Create(widths[layer + 1], widths[layer], layer + 1 < model.Layers ? HiddenGain : outputGain, random).CopyTo(model.Weights(layer));
        return model;
    }

    /// <summary>Returns the name of a layer in graphs and in the names of parameters.</summary>
    public static string LayerName(int layer) => $"layer{layer}";

    /// <summary>Returns <c>W</c> of a layer, <c>[outputs, inputs]</c>.</summary>
    public Span<float> Weights(int layer) => _values.AsSpan(Start(layer), Widths[layer] * Widths[layer + 1]);

    /// <summary>Returns <c>b</c> of a layer, <c>[outputs]</c>.</summary>
    public Span<float> Biases(int layer) => _values.AsSpan(Start(layer) + (Widths[layer] * Widths[layer + 1]), Widths[layer + 1]);

    /// <inheritdoc/>
    public string NameOf(int index)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(index);
        foreach (var (name, shape) in Shapes)
        {
            var count = (int)shape.Aggregate((left, right) => left * right);
            if (index < count)
                return name;
            index -= count;
        }

        throw new ArgumentOutOfRangeException(nameof(index), $"There are {Length} elements.");
    }

    /// <inheritdoc/>
    public void CopyTo(Span<double> values)
    {
        CheckLength(values.Length);
        TensorPrimitives.ConvertChecked<float, double>(_values, values);
    }

    /// <summary>Copies the parameters in; each becomes the nearest float32.</summary>
    /// <param name="values">The vector, <c>[n]</c>.</param>
    public void Assign(ReadOnlySpan<double> values)
    {
        CheckLength(values.Length);
        TensorPrimitives.ConvertChecked<double, float>(values, _values);
    }

    /// <inheritdoc/>
    public void SaveState(BinaryWriter writer)
    {
    }

    /// <inheritdoc/>
    public void RestoreState(BinaryReader reader)
    {
    }

    /// <inheritdoc/>
    public string Export(OnnxGraphBuilder graph, string input)
    {
        var value = input;
        for (var layer = 0; layer < Layers; layer++)
        {
            var name = LayerName(layer);
            if (layer > 0)
                value = Activate(graph, value);
            var weights = graph.Constant($"{name}_weight", Weights(layer), Widths[layer + 1], Widths[layer]);
            var biases = graph.Constant($"{name}_bias", Biases(layer), Widths[layer + 1]);
            value = graph.Node("Gemm", name, [value, weights, biases], ("transB", 1));
        }

        return value;
    }

    /// <summary>Adds the activation function to a graph.</summary>
    /// <param name="graph">The graph of the policy.</param>
    /// <param name="value">The name of the input.</param>
    /// <returns>The name of the output.</returns>
    // Operator set 12 has the other functions under their names, but no SiLU.
    public string Activate(OnnxGraphBuilder graph, string value) => Activation == Activation.Silu
        ? graph.Node("Mul", $"{value}_activation", [value, graph.Node("Sigmoid", $"{value}_logistic", [value])])
        : graph.Node(Activation.ToString(), $"{value}_activation", [value]);

    private void CheckLength(int length)
    {
        if (length != Length)
            throw new ArgumentException($"The vector has {length} elements, the parameters {Length}.");
    }

    private int Start(int layer) => LengthOf(Widths, layer);

    private static int LengthOf(IReadOnlyList<int> widths) => LengthOf(widths, widths.Count - 1);

    private static int LengthOf(IReadOnlyList<int> widths, int layers)
    {
        var length = 0;
        for (var layer = 0; layer < layers; layer++)
            length = checked(length + ((widths[layer] + 1) * widths[layer + 1]));
        return length;
    }
}
