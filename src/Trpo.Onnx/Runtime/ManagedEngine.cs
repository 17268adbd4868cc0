using Trpo.Runtime;

namespace Trpo.Onnx.Runtime;

/// <summary>A policy that runs in managed code. It holds no resources; what was disposed throws nevertheless, as with every other engine.</summary>
internal sealed class ManagedEngine(Policy policy) : IEngine
{
    private volatile bool _disposed;

    public Policy Managed
    {
        get
        {
            Check();
            return policy;
        }
    }

    public bool IsRowWise => true;

    public IEngine Share()
    {
        Check();
        return new ManagedEngine(policy);
    }

    public IEngineRun Bind(BatchMemory memory)
    {
        Check();
        return new ManagedRun(policy, this, memory);
    }

    public void Dispose() => _disposed = true;

    private void Check()
    {
        if (_disposed)
            throw DisposedPolicy.Exception();
    }

    private sealed class ManagedRun(Policy policy, ManagedEngine engine, BatchMemory memory) : IEngineRun
    {
        private readonly float[]? _choices = memory.Actions is null ? new float[memory.Indices!.Length] : null;

        public void Run(int rows)
        {
            engine.Check();
            var deviations = memory.LogStandardDeviations is { } values ? values.AsSpan(0, rows * memory.ActionLength) : default;
            var actions = (_choices ?? memory.Actions).AsSpan(0, rows * memory.ActionLength);
            policy.Evaluate(memory.Observations.AsSpan(0, rows * memory.ObservationLength), actions, memory.Scores.AsSpan(0, rows * memory.ScoreLength), deviations);
            for (var row = 0; _choices is not null && row < rows; row++)
                memory.Indices![row] = (long)_choices[row];
        }

        public void Dispose()
        {
        }
    }
}
