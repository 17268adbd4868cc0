using Trpo.Estimators;

namespace Trpo.Examples.CartPole;

/// <summary>Tells several listeners of every iteration, at once and on the training thread (<see cref="Progress{T}"/> would do it later).</summary>
internal sealed class Broadcast(params IProgress<TrpoIteration>[] listeners) : IProgress<TrpoIteration>
{
    public void Report(TrpoIteration value)
    {
        foreach (var listener in listeners)
            listener.Report(value);
    }
}
