using Trpo.Estimators;

namespace Trpo.Tests.Support;

/// <summary>Keeps every iteration that is reported.</summary>
/// <param name="then">Receives it as well; null for nobody.</param>
internal sealed class Listener(Action<TrpoIteration>? then = null) : IProgress<TrpoIteration>
{
    public List<TrpoIteration> Iterations { get; } = [];

    public void Report(TrpoIteration value)
    {
        Iterations.Add(value);
        then?.Invoke(value);
    }
}
