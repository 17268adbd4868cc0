using Trpo.Estimators;

namespace Trpo.Cli.Display;

/// <summary>A listener that passes every iteration to others, and keeps the last one.</summary>
/// <param name="listeners">The other listeners, in the order in which they are called.</param>
internal sealed class ProgressBroadcast(params IProgress<TrpoIteration>[] listeners) : IProgress<TrpoIteration>
{
    /// <summary>Gets the last iteration; null before the first.</summary>
    public TrpoIteration? Last { get; private set; }

    /// <inheritdoc/>
    public void Report(TrpoIteration value)
    {
        Last = value;
        foreach (var listener in listeners)
            listener.Report(value);
    }
}
