using Trpo.Estimators.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>An environment that wraps another one and reports every call before it is made, with the number of earlier calls of the instance.</summary>
internal sealed class HookedEnvironment(IEnvironment inner, Action<int> before, Action? disposed = null) : IEnvironment, IDisposable
{
    private int _calls;

    public string Name => inner.Name;

    public ObservationSpace ObservationSpace => inner.ObservationSpace;

    public ActionSpace ActionSpace => inner.ActionSpace;

    public void Reset(int? seed, Span<float> observation)
    {
        before(_calls++);
        inner.Reset(seed, observation);
    }

    public StepResult Step(EnvironmentAction action, Span<float> observation)
    {
        before(_calls++);
        return inner.Step(action, observation);
    }

    public void Dispose() => disposed?.Invoke();
}
