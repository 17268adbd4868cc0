using Trpo.Estimators;

namespace Trpo.Examples.CartPole;

/// <summary>A listener that passes every iteration on to others at once, on the training thread (<see cref="Progress{T}"/> would do so later).</summary>
internal sealed class Broadcast(params IProgress<TrpoIteration>[] listeners) : IProgress<TrpoIteration>
{
    public void Report(TrpoIteration value)
    {
        foreach (var listener in listeners)
            listener.Report(value);
    }
}
