namespace Trpo.Estimators.Logs;

/// <summary>The size of a log in memory, whose arrays have an entry for each row and value, or for each row and action.</summary>
internal static class LogSize
{
    /// <summary>Checks that an array can hold the values.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="values">The number of values or actions of each.</param>
    /// <exception cref="LogException">There are too many.</exception>
    public static void Check(long rows, int values)
    {
        if (rows * values > Array.MaxLength)
            throw new LogException(FormattableString.Invariant($"The log has at least {rows} rows of {values} values or actions, more than an array holds. Take a sample of the rows (TakeRows, or FilterRowsByColumn on a random column), group the actions, or put a transform such as ProjectToPrincipalComponents in front."));
    }
}
