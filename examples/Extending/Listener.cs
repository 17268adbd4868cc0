using Trpo.Estimators;

namespace Trpo.Examples.Extending;

/// <summary>A receiver of every iteration that is called at once, on the training thread (<see cref="Progress{T}"/> forwards later, on another thread).</summary>
internal sealed class Listener(Action<TrpoIteration> report) : IProgress<TrpoIteration>
{
    public void Report(TrpoIteration value) => report(value);
}
