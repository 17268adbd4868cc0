using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Networks;
using Trpo.Onnx.Graph;
using static TorchSharp.torch;

namespace Trpo.Tests.Workers;

/// <summary>A linear function of the input times a buffer and a number, both drawn; the number is a state that the network saves itself, beside a shift that is drawn and saved by nobody.</summary>
internal sealed class StatefulNetwork : ExportableModule, ICheckpointable
{
    private readonly Perceptron _linear;
    private readonly bool _changes;
    private readonly float _shift;
    private float _factor;

    /// <param name="arguments">The arguments of the factory.</param>
    /// <param name="scales">The length of the buffer; null for one value for each input.</param>
    /// <param name="changes">True for a network that counts its calls in its state.</param>
    public StatefulNetwork(NetworkArguments arguments, int? scales = null, bool changes = false)
        : base(nameof(StatefulNetwork))
    {
        var random = arguments.Random;
        _changes = changes;
        _linear = new Perceptron(arguments.Inputs, [6], arguments.Outputs, Activation.Tanh, 0.1, random);
        _factor = 1 + (float)random.NextDouble();
        _shift = (float)random.NextDouble();
        register_buffer("scale", tensor(Enumerable.Range(0, scales ?? arguments.Inputs).Select(_ => (float)random.NextGaussian()).ToArray()));
        register_buffer("calls", zeros(1, dtype: ScalarType.Int64));
        register_module("linear", _linear);
    }

    public override Tensor forward(Tensor input)
    {
        if (_changes)
            get_buffer("calls")!.add_(1);
        return _linear.forward((input * get_buffer("scale")! * _factor) + _shift);
    }

    public override string Export(OnnxGraphBuilder graph, string input)
    {
        float[] scales = [.. get_buffer("scale")!.data<float>().ToArray().Select(scale => scale * _factor)];
        var scaled = graph.Node("Mul", "scaled_input", [input, graph.Constant("scale", scales, scales.Length)]);
        return _linear.Export(graph, graph.Node("Add", "shifted_input", [scaled, graph.Constant("shift", [_shift], 1)]));
    }

    public void SaveState(BinaryWriter writer) => writer.Write(_factor);

    public void RestoreState(BinaryReader reader) => _factor = reader.ReadSingle();
}
