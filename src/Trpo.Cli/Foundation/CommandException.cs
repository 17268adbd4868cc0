namespace Trpo.Cli.Foundation;

/// <summary>The command cannot be done; the message names what the user can mend, and how.</summary>
internal sealed class CommandException : Exception
{
    public CommandException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
