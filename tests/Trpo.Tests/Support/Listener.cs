using Trpo.Estimators;

namespace Trpo.Tests.Support;

/// <summary>Keeps every iteration that is reported.</summary>
internal sealed class Listener : IProgress<TrpoIteration>
{
    public List<TrpoIteration> Iterations { get; } = [];

    public void Report(TrpoIteration value) => Iterations.Add(value);
}
