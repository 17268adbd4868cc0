namespace Trpo.Estimators.Baselines;

/// <summary>
/// A baseline: the expected discounted return of the current policy from an observation on. An instance is used by one thread at a time; with two threads of
/// training it is fitted on another thread than it predicts on. An implementation that is also <see cref="IDisposable"/> is disposed when training ends.
/// </summary>
public interface IValueFunction
{
    /// <summary>Predicts the value of each observation. Also called before the first fit: predict 0 then, unless the returns are known.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="values">Receives <c>[N]</c>, in units of the targets of <see cref="Fit"/>; may be empty.</param>
    void Predict(ReadOnlySpan<float> observations, Span<double> values);

    /// <summary>Fits the values of observations to targets.</summary>
    /// <param name="observations"><c>[N, d]</c>.</param>
    /// <param name="targets">
    /// <c>[N]</c>, finite: estimates of the discounted return, in units of the environment's rewards times <see cref="TrpoOptions.RewardScale"/>, the entropy bonus
    /// included. They are not standardized; a baseline whose learning depends on their size standardizes them.
    /// </param>
    /// <returns>The mean squared error after the fit, in squared units of the targets.</returns>
    double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets);
}
