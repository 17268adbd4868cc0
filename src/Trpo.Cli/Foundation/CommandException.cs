namespace Trpo.Cli.Foundation;

/// <summary>The exception that is thrown when a command fails for a reason that the user can correct; the message names the reason and the remedy.</summary>
internal sealed class CommandException : Exception
{
    /// <inheritdoc cref="Exception(string, Exception)"/>
    public CommandException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
