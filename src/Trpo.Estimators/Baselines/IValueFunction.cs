namespace Trpo.Estimators.Baselines;

/// <summary>A baseline: the discounted return that the current policy is expected to collect from an observation on.</summary>
internal interface IValueFunction : IDisposable
{
    /// <summary>The value of each observation.</summary>
    /// <param name="observations"><c>[rows, d]</c>.</param>
    /// <param name="values">Receives <c>[rows]</c>.</param>
    void Predict(ReadOnlySpan<float> observations, Span<double> values);

    /// <summary>Moves the values of observations towards targets.</summary>
    /// <param name="observations"><c>[rows, d]</c>.</param>
    /// <param name="targets"><c>[rows]</c>.</param>
    /// <returns>The mean squared error over the last pass.</returns>
    double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets);
}
