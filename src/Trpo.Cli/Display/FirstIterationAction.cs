using Trpo.Estimators;

namespace Trpo.Cli.Display;

/// <summary>A listener that calls an action when the first iteration is reported.</summary>
/// <param name="action">The action.</param>
internal sealed class FirstIterationAction(Action action) : IProgress<TrpoIteration>
{
    private bool _done;

    /// <inheritdoc/>
    public void Report(TrpoIteration value)
    {
        if (_done)
            return;
        _done = true;
        action();
    }
}
