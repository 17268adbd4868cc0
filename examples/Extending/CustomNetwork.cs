using TorchSharp.Modules;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;
using static TorchSharp.torch;

namespace Trpo.Examples.Extending;

/// <summary>
/// A residual block with layer normalisation in front, <c>y = W3 (h + tanh(W2 norm(h)))</c> with <c>h = tanh(W1 x)</c>. Both <c>forward</c>,
/// which libtorch differentiates, and <c>Export</c>, which builds the deployed graph, compute it.
/// </summary>
internal sealed class ResidualNetwork : ExportableModule
{
    private readonly Linear _input;
    private readonly LayerNorm _norm;
    private readonly Linear _inner;
    private readonly Linear _output;

    public ResidualNetwork(int inputs, int width, int outputs, RandomSource random)
        : base(nameof(ResidualNetwork))
    {
        _input = Dense(inputs, width, gain: 1, random);
        _norm = nn.LayerNorm(width);
        _inner = Dense(width, width, gain: 1, random);

        // Small, so that the first policy prefers no action and explores.
        _output = Dense(width, outputs, gain: 0.01, random);
        RegisterComponents();
    }

    public override Tensor forward(Tensor input)
    {
        var hidden = _input.forward(input).tanh();
        return _output.forward(hidden + _inner.forward(_norm.forward(hidden)).tanh());
    }

    public override string Export(OnnxGraphBuilder graph, string input)
    {
        var hidden = graph.Node("Tanh", "hidden", [Export(graph, "input", _input, input)]);
        var inner = graph.Node("Tanh", "inner_tanh", [Export(graph, "inner", _inner, Normalized(graph, hidden))]);
        return Export(graph, "output", _output, graph.Node("Add", "residual", [hidden, inner]));
    }

    // Operator set 12 has no LayerNormalization: (x - mean) / sqrt(variance + epsilon), then a scale and a shift per unit.
    private string Normalized(OnnxGraphBuilder graph, string input)
    {
        var mean = graph.Node("ReduceMean", "mean", [input], ("axes", new[] { 1L }), ("keepdims", 1));
        var centred = graph.Node("Sub", "centred", [input, mean]);
        var squared = graph.Node("Mul", "squared", [centred, centred]);
        var variance = graph.Node("ReduceMean", "variance", [squared], ("axes", new[] { 1L }), ("keepdims", 1));
        var stable = graph.Node("Add", "stable", [variance, graph.Constant("epsilon", [(float)_norm.eps])]);
        var normal = graph.Node("Div", "normal", [centred, graph.Node("Sqrt", "deviation", [stable])]);
        var scaled = graph.Node("Mul", "scaled", [normal, Constant(graph, "scale", _norm.weight)]);
        return graph.Node("Add", "shifted", [scaled, Constant(graph, "shift", _norm.bias!)]);
    }

    private static string Export(OnnxGraphBuilder graph, string name, Linear layer, string input) =>
        graph.Node("Gemm", name, [input, Constant(graph, $"{name}_weight", layer.weight), Constant(graph, $"{name}_bias", layer.bias!)], ("transB", 1));

    private static string Constant(OnnxGraphBuilder graph, string name, Tensor value) =>
        graph.Constant(name, value.cpu().data<float>().ToArray(), [.. value.shape.Select(length => (int)length)]);

    // TorchSharp draws initial weights from libtorch's global generator. Replacing them makes the result depend on the seed only.
    private static Linear Dense(int inputs, int outputs, double gain, RandomSource random)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        var layer = nn.Linear(inputs, outputs);
        float[] weights = [.. Enumerable.Range(0, outputs * inputs).Select(_ => (float)(gain / Math.Sqrt(inputs) * random.NextGaussian()))];
        layer.weight.copy_(tensor(weights).view(outputs, inputs));
        layer.bias!.zero_();
        return layer;
    }
}

/// <summary>The training of the network to balance a pole, and the comparison of its graph with libtorch.</summary>
internal static class CustomNetwork
{
    private const int Probes = 100;

    public static Outcome Run(int seed)
    {
        var random = new RandomSource(0);
        float[][] probes = [.. Enumerable.Range(0, Probes).Select(_ => new[] { Draw(), Draw(), Draw(), Draw() })];
        ResidualNetwork? network = null;
        float[] learned = [];
        var training = new Training(() => new CartPole(), new TrpoOptions
        {
            TotalSteps = 60_000,
            StepsPerIteration = 512,
            Seed = seed,
            Network = arguments => network = new ResidualNetwork(arguments.Inputs, width: 32, arguments.Outputs, arguments.Random),

            // The network is disposed when training ends, so that its last outputs are kept.
            Progress = new Listener(_ => learned = Probabilities(network!, probes)),
        });

        using var batch = training.Policy.Session.CreateBatch(Probes);
        for (var row = 0; row < Probes; row++)
            probes[row].CopyTo(batch.Observation(row));
        batch.Run(Probes);
        var difference = Enumerable.Range(0, 2 * Probes).Max(i => Math.Abs(batch.Score(i / 2)[i % 2] - learned[i]));
        Console.WriteLine(FormattableString.Invariant($"  over {Probes} observations, the exported graph and libtorch differ by at most {difference:G2}"));
        if (!(difference < 1e-5))
            throw new InvalidOperationException("The outputs of the exported graph and of the network differ.");
        training.CompareExported();
        return new Outcome("return", training.FirstReturn, training.Evaluation.MeanReturn, Required: 400);

        float Draw() => (float)random.NextGaussian();
    }

    private static float[] Probabilities(ResidualNetwork network, float[][] observations)
    {
        using var scope = NewDisposeScope();
        using var withoutGradients = no_grad();
        return network.forward(tensor(observations.SelectMany(row => row).ToArray()).view(observations.Length, -1)).softmax(1).data<float>().ToArray();
    }
}
