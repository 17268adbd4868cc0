namespace Trpo.Runtime.Sampling;

/// <summary>
/// A draw of one of several choices by inversion of the cumulative distribution. The probabilities are passed one by one, so that those behind
/// the drawn choice need not be computed. A choice of probability 0 is never drawn.
/// </summary>
/// <param name="mass">A number drawn uniformly from 0 to the sum of the probabilities.</param>
public struct CategoricalDraw(double mass)
{
    private double _left = mass;
    private int _index;

    /// <summary>
    /// The choice: the one for which <see cref="Next"/> returned true. If rounding kept it from returning true for any, the last one of a positive probability.
    /// </summary>
    public int Choice { get; private set; }

    /// <summary>Passes the probability of the next choice, starting with that of choice 0.</summary>
    /// <param name="probability">The probability, at least 0.</param>
    /// <returns>True if that choice is drawn; no further ones need be passed.</returns>
    public bool Next(double probability)
    {
        var index = _index++;
        if (probability <= 0)
            return false;
        Choice = index;
        _left -= probability;
        return _left < 0;
    }
}
