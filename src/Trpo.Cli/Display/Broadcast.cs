using Trpo.Estimators;

namespace Trpo.Cli.Display;

/// <summary>Tells several listeners of every iteration, and keeps the last one.</summary>
internal sealed class Broadcast(params IProgress<TrpoIteration>[] listeners) : IProgress<TrpoIteration>
{
    /// <summary>The last iteration; null before the first.</summary>
    public TrpoIteration? Last { get; private set; }

    public void Report(TrpoIteration value)
    {
        Last = value;
        foreach (var listener in listeners)
            listener.Report(value);
    }
}
