using System.Globalization;

namespace Trpo.Estimators.Logs;

/// <summary>The size of a log in memory, whose arrays have an entry for each row and value, or for each row and action.</summary>
internal static class LogSize
{
    /// <summary>Returns a number of things as a text, such as "1 row" or "1,200 rows".</summary>
    /// <param name="number">The number.</param>
    /// <param name="noun">The noun, in the singular.</param>
    public static string Text(long number, string noun) => string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");

    /// <summary>Checks that an array can hold the values.</summary>
    /// <param name="rows">The number of rows.</param>
    /// <param name="values">The number of values or actions of each.</param>
    /// <param name="row">A row, for the sizes of its candidates; null without.</param>
    /// <exception cref="LogException">There are too many.</exception>
    public static void Check(long rows, int values, LogRow? row = null)
    {
        if (rows * values <= Array.MaxLength)
            return;
        throw row is { ActionFeatures.Length: > 0 }
            ? new LogException(FormattableString.Invariant($"The log has at least {rows} rows of {values} values, places for {row.Mask.Length} candidates of {row.FeatureCount} features among them, and an array holds {Array.MaxLength}. Take a sample of the rows (TakeRows, or FilterRowsByColumn on a random column), leave less places for candidates (their number is the length of the mask LogColumns.Eligible), or give the context and the candidates fewer values."))
            : new LogException(FormattableString.Invariant($"The log has at least {rows} rows of {values} values or actions, more than an array holds. Take a sample of the rows (TakeRows, or FilterRowsByColumn on a random column), group the actions, or put a transform such as ProjectToPrincipalComponents in front."));
    }
}
