using Trpo.Cli.Foundation;

namespace Trpo.Cli.Logs;

/// <summary>The exceptions of ML.NET and the libraries on a log, as refusals.</summary>
internal static class LogRefusal
{
    /// <summary>Runs work on a log.</summary>
    /// <param name="subject">The beginning of the message, such as "log.csv cannot be checked".</param>
    /// <param name="work">The work.</param>
    /// <exception cref="CommandException">The work was refused; the message has the reason.</exception>
    public static T Run<T>(string subject, Func<T> work)
    {
        try
        {
            return work();
        }
        catch (Exception exception) when (Inner(exception) is { } inner)
        {
            // ML.NET reads files on threads of its own, and wraps what they throw.
            throw new CommandException(inner.Message, exception);
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException)
        {
            throw new CommandException($"{subject}: {(exception is ArgumentException argument ? ErrorMessage.Of(argument) : exception.Message)}", exception);
        }
    }

    private static CommandException? Inner(Exception exception)
    {
        for (var inner = exception.InnerException; inner is not null; inner = inner.InnerException)
        {
            if (inner is CommandException refusal)
                return refusal;
        }

        return null;
    }
}
