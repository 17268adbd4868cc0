using Trpo.Estimators;

namespace Trpo.Examples.Extending;

/// <summary>Is told of every iteration at once, on the training thread (<see cref="Progress{T}"/> would be told later).</summary>
internal sealed class Listener(Action<TrpoIteration> report) : IProgress<TrpoIteration>
{
    public void Report(TrpoIteration value) => report(value);
}
