using Microsoft.ML.OnnxRuntime;
using Trpo.Runtime.Graph;

namespace Trpo.Benchmarks.Ratios;

/// <summary>A bare OnnxRuntime session of a policy with discrete actions, on batches of a fixed size in preallocated memory.</summary>
internal sealed class BareSession : IDisposable
{
    private static readonly string[] Inputs = [PolicyValues.Observation];
    private static readonly string[] Outputs = [PolicyValues.Action, PolicyValues.Score];

    private readonly InferenceSession _session;
    private readonly RunOptions _run = new();
    private readonly OrtValue[] _inputs;
    private readonly OrtValue[] _outputs;

    public BareSession(byte[] policy, int rows, int observationLength, int choices)
    {
        using var options = new SessionOptions { IntraOpNumThreads = 1, InterOpNumThreads = 1 };
        _session = new InferenceSession(policy, options);
        _inputs = [Tensor(new float[rows * observationLength], rows, observationLength)];
        _outputs = [Tensor(new long[rows], rows), Tensor(new float[rows * choices], rows, choices)];
    }

    public void Run() => _session.Run(_run, Inputs, _inputs, Outputs, _outputs);

    public void Dispose()
    {
        foreach (var value in _inputs.Concat(_outputs))
            value.Dispose();
        _run.Dispose();
        _session.Dispose();
    }

    private static OrtValue Tensor<T>(T[] data, params long[] shape) where T : unmanaged =>
        OrtValue.CreateTensorValueFromMemory(OrtMemoryInfo.DefaultInstance, data.AsMemory(), shape);
}
