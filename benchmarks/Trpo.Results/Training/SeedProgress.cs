using Trpo.Estimators;

namespace Trpo.Results.Training;

/// <summary>A listener that passes every iteration on to others, and then throws if training is to stop.</summary>
internal sealed class SeedProgress(CancellationToken cancel, params IProgress<TrpoIteration>[] listeners) : IProgress<TrpoIteration>
{
    public void Report(TrpoIteration value)
    {
        foreach (var listener in listeners)
            listener.Report(value);
        cancel.ThrowIfCancellationRequested();
    }
}
