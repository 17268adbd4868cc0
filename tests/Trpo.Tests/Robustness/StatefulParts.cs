using Trpo.Estimators.Baselines;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Randomness;

namespace Trpo.Tests.Robustness;

/// <summary>A stateful optimizer that takes a smaller step every other time, and may refuse to save its state.</summary>
internal sealed class LimpingOptimizer(bool canBeSaved, Func<int, bool>? rejects = null) : IPolicyOptimizer, ICheckpointable
{
    private readonly TrustRegionOptimizer _far = new();
    private readonly TrustRegionOptimizer _near = new(new() { MaxKl = 0.001 });
    private int _steps;

    public bool IsCheckpointable => canBeSaved;

    public TrustRegionStep Step(ITrustRegionProblem problem)
    {
        _steps++;
        return rejects?.Invoke(_steps) ?? false ? new() { Outcome = TrustRegionOutcome.KlExceeded } : (_steps % 2 == 0 ? _near : _far).Step(problem);
    }

    public void SaveState(BinaryWriter writer) => writer.Write(canBeSaved ? _steps : throw new NotSupportedException("cannot be saved"));

    public void RestoreState(BinaryReader reader) => _steps = reader.ReadInt32();
}

/// <summary>The running mean of all targets, and a random number that is drawn at each fit.</summary>
internal sealed class MeanBaseline(RandomSource random) : IValueFunction, ICheckpointable
{
    private double _mean;
    private long _count;

    public void Predict(ReadOnlySpan<float> observations, Span<double> values) => values.Fill(_mean);

    public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
    {
        foreach (var target in targets)
            _mean += (target - _mean) / ++_count;
        _mean += random.NextDouble();
        return 0;
    }

    public void SaveState(BinaryWriter writer)
    {
        writer.Write(_mean);
        writer.Write(_count);
    }

    public void RestoreState(BinaryReader reader)
    {
        _mean = reader.ReadDouble();
        _count = reader.ReadInt64();
    }
}

/// <summary>A linear network whose state cannot be saved.</summary>
internal sealed class UnsavableNetwork : ExportableModule, ICheckpointable
{
    private readonly Perceptron _linear;

    public UnsavableNetwork(int inputs, int outputs, RandomSource random)
        : base(nameof(UnsavableNetwork))
    {
        _linear = new Perceptron(inputs, [], outputs, Activation.Tanh, 0.1, random);
        register_module("linear", _linear);
    }

    public bool IsCheckpointable => false;

    public override Tensor forward(Tensor input) => _linear.forward(input);

    public override string Export(OnnxGraphBuilder graph, string input) => _linear.Export(graph, input);

    public void SaveState(BinaryWriter writer) => throw new NotSupportedException("cannot be saved");

    public void RestoreState(BinaryReader reader) => throw new NotSupportedException("cannot be restored");
}
