namespace Trpo.Estimators.Baselines;

/// <summary>
/// A baseline: the discounted return that the current policy is expected to collect from an observation on. It is used by one thread at a time, but fitted
/// on another than it predicts on where training has two. One that also is <see cref="IDisposable"/> is disposed when training ends.
/// </summary>
public interface IValueFunction
{
    /// <summary>The value of each observation. Asked for before the first fit, too.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="values">Receives <c>[N]</c>; may be empty.</param>
    void Predict(ReadOnlySpan<float> observations, Span<double> values);

    /// <summary>Moves the values of observations towards targets.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="targets"><c>[N]</c>, finite.</param>
    /// <returns>The mean squared error that is left.</returns>
    double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets);
}
