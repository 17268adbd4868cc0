using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>An asynchronous environment that wraps a synchronous one, and awaits something before every call.</summary>
/// <param name="inner">The environment.</param>
/// <param name="before">Is awaited before every call, with the number of earlier calls of the instance and the token of the call.</param>
/// <param name="disposed">Is called when the environment is disposed.</param>
internal sealed class AsyncEnvironment(IEnvironment inner, Func<int, CancellationToken, Task> before, Action? disposed = null) : IAsyncEnvironment, ICheckpointable, IAsyncDisposable
{
    private int _calls;

    public string Name => inner.Name;

    public ObservationSpace ObservationSpace => inner.ObservationSpace;

    public ActionSpace ActionSpace => inner.ActionSpace;

    public int? MaxEpisodeSteps => inner.MaxEpisodeSteps;

    public bool IsCheckpointable => inner is ICheckpointable { IsCheckpointable: true };

    public void SaveState(BinaryWriter writer) => ((ICheckpointable)inner).SaveState(writer);

    public void RestoreState(BinaryReader reader) => ((ICheckpointable)inner).RestoreState(reader);

    public async ValueTask ResetAsync(int? seed, Memory<float> observation, CancellationToken cancellation)
    {
        await before(_calls++, cancellation);
        inner.Reset(seed, observation.Span);
    }

    public async ValueTask<StepResult> StepAsync(ReadOnlyMemory<float> action, Memory<float> observation, CancellationToken cancellation)
    {
        await before(_calls++, cancellation);
        return inner.Step(new EnvironmentAction(action.Span), observation.Span);
    }

    public ValueTask DisposeAsync()
    {
        disposed?.Invoke();
        return ValueTask.CompletedTask;
    }
}
