using Trpo.Estimators;

namespace Trpo.Results.Training;

/// <summary>Hands every iteration on, and ends the training between two of them where that is asked for.</summary>
internal sealed class SeedProgress(CancellationToken cancel, params IProgress<TrpoIteration>[] listeners) : IProgress<TrpoIteration>
{
    public void Report(TrpoIteration value)
    {
        foreach (var listener in listeners)
            listener.Report(value);
        cancel.ThrowIfCancellationRequested();
    }
}
