namespace Trpo.Estimators.Logs;

/// <summary>The exception that is thrown if a log of decisions cannot be evaluated. The message names the row, the column, the value and the remedy.</summary>
public sealed class LogException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="message">The message.</param>
    /// <param name="row">The row, from 0; null for the log as a whole.</param>
    public LogException(string message, long? row = null)
        : base(message)
    {
        Row = row;
    }

    /// <summary>The row, from 0, in the order of the view; null for the log as a whole.</summary>
    public long? Row { get; }
}
