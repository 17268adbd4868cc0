using System.Numerics.Tensors;
using TorchSharp.Modules;
using Trpo.Estimators.Foundation;
using Trpo.Estimators.Randomness;
using Trpo.Onnx.Graph;
using static TorchSharp.torch;

namespace Trpo.Estimators.Policies;

/// <summary>
/// A multilayer perceptron, <c>[N, inputs] -> [N, outputs]</c>: linear layers with tanh between them. Weights start orthogonal (Saxe,
/// McClelland and Ganguli 2014) and biases at zero, drawn from this library's own generator, so that libtorch's is not touched.
/// </summary>
internal sealed class Perceptron : nn.Module<Tensor, Tensor>
{
    // The gain of orthogonal layers before a tanh, customary since "Implementation matters" (Engstrom et al. 2020).
    private static readonly double HiddenGain = Math.Sqrt(2);

    private readonly List<(Parameter Weight, Parameter Bias)> _layers = [];

    /// <param name="inputs">The number of values that go in.</param>
    /// <param name="hidden">The widths of the hidden layers; none makes a linear function.</param>
    /// <param name="outputs">The number of values that come out.</param>
    /// <param name="outputGain">The scale of the last layer's weights.</param>
    /// <param name="random">The source of the initial weights.</param>
    public Perceptron(int inputs, IReadOnlyList<int> hidden, int outputs, double outputGain, RandomSource random)
        : base(nameof(Perceptron))
    {
        int[] widths = [inputs, .. hidden, outputs];
        for (var i = 0; i + 1 < widths.Length; i++)
        {
            var gain = i + 2 < widths.Length ? HiddenGain : outputGain;
            var weight = new Parameter(TensorCopy.From(Orthogonal(widths[i + 1], widths[i], gain, random), widths[i + 1], widths[i]), requires_grad: true);
            var bias = new Parameter(zeros(widths[i + 1], dtype: ScalarType.Float32), requires_grad: true);
            register_parameter($"layer{i}_weight", weight);
            register_parameter($"layer{i}_bias", bias);
            _layers.Add((weight, bias));
        }
    }

    public override Tensor forward(Tensor input)
    {
        var value = input;
        for (var i = 0; i < _layers.Count; i++)
        {
            value = nn.functional.linear(value, _layers[i].Weight, _layers[i].Bias);
            if (i + 1 < _layers.Count)
                value = value.tanh();
        }

        return value;
    }

    /// <summary>Adds the forward pass to a graph and returns the name of its output.</summary>
    public string Export(OnnxGraphBuilder graph, string input)
    {
        var value = input;
        for (var i = 0; i < _layers.Count; i++)
        {
            var (weight, bias) = _layers[i];
            var (outputs, inputs) = ((int)weight.shape[0], (int)weight.shape[1]);
            var weights = graph.Constant($"layer{i}_weight", Values(weight), outputs, inputs);
            var biases = graph.Constant($"layer{i}_bias", Values(bias), outputs);
            value = graph.Node("Gemm", $"layer{i}", [value, weights, biases], ("transB", 1));
            if (i + 1 < _layers.Count)
                value = graph.Node("Tanh", $"layer{i}_tanh", [value]);
        }

        return value;
    }

    private static float[] Values(Tensor tensor)
    {
        var values = new float[tensor.numel()];
        TensorCopy.Copy(tensor, values);
        return values;
    }

    /// <summary>A matrix whose rows (or columns, where there are fewer) are orthogonal and of length <paramref name="gain"/>.</summary>
    internal static float[] Orthogonal(int rows, int columns, double gain, RandomSource random)
    {
        var transposed = rows > columns;
        var (count, length) = transposed ? (columns, rows) : (rows, columns);
        var vectors = new double[count][];
        for (var i = 0; i < count; i++)
        {
            var vector = vectors[i] = new double[length];
            for (var j = 0; j < length; j++)
                vector[j] = random.NextGaussian();

            // Gram and Schmidt's process, twice over: once leaves rounding behind.
            for (var pass = 0; pass < 2; pass++)
            {
                for (var k = 0; k < i; k++)
                    TensorPrimitives.MultiplyAdd(vectors[k], -TensorPrimitives.Dot<double>(vectors[k], vector), vector, vector);
                TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), vector);
            }
        }

        var matrix = new float[rows * columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
                matrix[(row * columns) + column] = (float)(gain * (transposed ? vectors[column][row] : vectors[row][column]));
        }

        return matrix;
    }
}
