using Trpo.Estimators.Foundation;

namespace Trpo.Estimators.Studies;

/// <summary>
/// Successive halving (Jamieson and Talwalkar 2016): all trials train for a few steps, the best of them for more, and so on, until the last train to the end. Trials are paused, not trained anew.
/// </summary>
public sealed record SuccessiveHalving
{
    /// <summary>Gets the environment steps after which trials are compared first; at least 1.</summary>
    public required int FirstSteps { get; init; }

    /// <summary>Gets the share of the trials that train on after each comparison, rounded up; above 0 and below 1. The steps of the next comparison are as many times as many. A third by default.</summary>
    public double Keep { get; init; } = 1.0 / 3;

    /// <summary>Throws if a setting is out of its range.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A setting is out of its range; the exception names it.</exception>
    public void Validate()
    {
        Check.AtLeast(FirstSteps, 1);
        Check.StrictlyBetween(Keep, 0, 1);
    }

    /// <summary>Returns the environment steps of each comparison, the last of which is the end of the training.</summary>
    /// <param name="totalSteps">The environment steps of the whole training; at least 1.</param>
    public IReadOnlyList<int> Rungs(int totalSteps)
    {
        Validate();
        ArgumentOutOfRangeException.ThrowIfLessThan(totalSteps, 1);
        List<int> rungs = [];
        for (double steps = FirstSteps; steps < totalSteps; steps /= Keep)
            rungs.Add((int)steps);
        return [.. rungs, totalSteps];
    }

    /// <summary>Returns the indices of the trials that train on, in ascending order.</summary>
    /// <param name="returns">The return of each trial. NaN, of a trial that failed, is the worst; of equal ones, the earlier is the better.</param>
    public IReadOnlyList<int> Survivors(IReadOnlyList<double> returns)
    {
        ArgumentNullException.ThrowIfNull(returns);
        Validate();
        var kept = (int)Math.Ceiling(Keep * returns.Count);
        return [.. Rank(returns).Take(kept).Where(index => !double.IsNaN(returns[index])).Order()];
    }

    /// <summary>Returns the indices of returns, that of the greatest first.</summary>
    internal static IEnumerable<int> Rank(IReadOnlyList<double> returns) =>
        Enumerable.Range(0, returns.Count).OrderByDescending(index => double.IsNaN(returns[index]) ? double.NegativeInfinity : returns[index]).ThenBy(index => double.IsNaN(returns[index])).ThenBy(index => index);
}
