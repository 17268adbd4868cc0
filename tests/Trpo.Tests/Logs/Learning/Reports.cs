using Trpo.Estimators.Logs.Learning;

namespace Trpo.Tests.Logs.Learning;

/// <summary>The iterations that learning reported, on its own thread.</summary>
internal sealed class Reports(Action<TrpoFromLogIteration>? receive = null) : IProgress<TrpoFromLogIteration>
{
    public List<TrpoFromLogIteration> Iterations { get; } = [];

    public TrpoFromLogIteration Last => Iterations[^1];

    public void Report(TrpoFromLogIteration value)
    {
        Iterations.Add(value);
        receive?.Invoke(value);
    }
}
