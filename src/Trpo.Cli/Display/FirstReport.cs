using Trpo.Estimators;

namespace Trpo.Cli.Display;

/// <summary>Does something when the first iteration is reported.</summary>
internal sealed class FirstReport(Action action) : IProgress<TrpoIteration>
{
    private bool _done;

    public void Report(TrpoIteration value)
    {
        if (_done)
            return;
        _done = true;
        action();
    }
}
