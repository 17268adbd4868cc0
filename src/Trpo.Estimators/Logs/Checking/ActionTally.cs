namespace Trpo.Estimators.Logs.Checking;

/// <summary>The sums over the rows of a log that tell whether an action was taken as often as its probabilities say.</summary>
internal sealed class ActionTally
{
    private const double MaxDeviations = 4;
    private const double MaxExpectedDeviations = 3;

    // A log of certain actions has no error at all.
    private const double Rounding = 1e-6;

    private double _inverse;
    private double _squares;

    /// <summary>The number of rows in which the action was taken.</summary>
    public long Taken { get; private set; }

    /// <summary>The number of rows in which the mask forbade the action.</summary>
    public long Forbidden { get; private set; }

    /// <summary>Counts a row in which the action was taken.</summary>
    /// <param name="probability">Its probability.</param>
    public void Take(double probability)
    {
        Taken++;
        _inverse += 1 / probability;
        _squares += (1 / probability) * (1 / probability);
    }

    /// <summary>Counts a row in which the action was forbidden.</summary>
    public void Forbid() => Forbidden++;

    /// <summary>Computes the mean of <c>1[a = action] / p</c>, the share of the rows in which the action was eligible, and the standard error of their difference.</summary>
    /// <param name="rows">The number of rows, at least two.</param>
    public (double Mean, double Expected, double StandardError) Compare(long rows)
    {
        var (mean, expected) = (_inverse / rows, (double)(rows - Forbidden) / rows);

        // Of the differences, those of taken rows are 1 / p - 1, those of the other eligible rows -1.
        var squares = _squares - (2 * _inverse) + (rows - Forbidden);
        var error = Math.Sqrt(Math.Max(0, (squares - (rows * (mean - expected) * (mean - expected))) / (rows - 1) / rows));
        return (mean, expected, error);
    }

    /// <summary>True if the mean is further from what is expected than chance explains.</summary>
    /// <param name="mean">The mean of <c>1[a = action] / p</c>.</param>
    /// <param name="expected">The share of the rows in which the action was eligible.</param>
    /// <param name="error">The standard error of their difference.</param>
    public static bool IsContradiction(double mean, double expected, double error)
    {
        var difference = Math.Abs(mean - expected);

        // Of an action that was taken by chance less often, the sample varies less too: there, the error of as many rows as were expected counts as well.
        var expectedError = mean < expected ? error * Math.Sqrt(expected / mean) : error;
        return difference > (MaxDeviations * error) + Rounding && difference > MaxExpectedDeviations * expectedError;
    }
}
