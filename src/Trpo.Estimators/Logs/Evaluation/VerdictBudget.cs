namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// A budget of wrong verdicts that all verdicts on a service share, however many there will be. The <c>k</c>-th verdict takes the share <c>6 / (pi k)^2</c> of it; the shares
/// of all add up to 1, and fall slower than halves do: the tenth verdict has 1 / 165, not 1 / 1,024.
/// </summary>
/// <param name="total">The probability of one wrong verdict or more over the life of the service, above 0 and at most 0.5; 0.05 by default.</param>
public sealed class VerdictBudget(double total = 0.05)
{
    /// <summary>The probability of one wrong verdict or more over the life of the service.</summary>
    public double Total { get; } = total is > 0 and <= 0.5 ? total : throw new ArgumentOutOfRangeException(nameof(total), total, "The budget must be above 0 and at most 0.5.");

    /// <summary>Returns the probability of a wrong verdict that a verdict may have.</summary>
    /// <param name="verdict">The number of the verdict, from 1. Each number is for one verdict, on rows that no other verdict used.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="verdict"/> is less than 1.</exception>
    public double ShareOf(int verdict)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(verdict, 1);
        return Total * 6 / (Math.PI * Math.PI * verdict * verdict);
    }

    /// <summary>Returns the level of a verdict, for <see cref="LogEvaluationOptions.VerdictLevel"/>.</summary>
    /// <param name="verdict">The number of the verdict, from 1.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="verdict"/> is less than 1.</exception>
    public double LevelOf(int verdict) => 1 - ShareOf(verdict);
}
