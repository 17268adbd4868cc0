using System.Globalization;
using Trpo.Cli.Foundation;
using Trpo.Cli.Logs.Files;
using Trpo.Estimators.Logs;

namespace Trpo.Cli.Logs;

/// <summary>The exceptions of ML.NET and the libraries on a log, as refusals that name the line of the file.</summary>
/// <param name="file">The log.</param>
/// <param name="words">The words of the command line; null to leave messages as they are.</param>
internal sealed class LogRefusal(LogFile file, LogWords? words = null)
{
    /// <summary>Runs work on the log.</summary>
    /// <param name="subject">The beginning of the message, such as "The log cannot be checked".</param>
    /// <param name="work">The work.</param>
    /// <param name="first">The row of the log that the work begins with, from 0.</param>
    /// <exception cref="CommandException">The work was refused; the message has the reason.</exception>
    public T Run<T>(string subject, Func<T> work, long first = 0)
    {
        try
        {
            return work();
        }
        catch (LogException exception) when (exception.Row is { } row)
        {
            throw new CommandException($"{subject}: {Words(exception.Message)}{Place(row, first)}", exception);
        }
        catch (Exception exception) when (Inner(exception) is { } inner)
        {
            // ML.NET reads files on threads of its own, and wraps what they throw.
            throw new CommandException(inner.Message, exception);
        }
        catch (Exception exception) when (file.RefusalOf(exception) is { } refusal)
        {
            throw refusal;
        }
        catch (Exception exception) when (exception is ArgumentException or InvalidOperationException or NotSupportedException or LogException)
        {
            throw new CommandException($"{subject}: {Words(exception is ArgumentException argument ? ErrorMessage.Of(argument) : exception.Message)}", exception);
        }
    }

    private string Words(string message) => words?.Of(message) ?? message;

    private string Place(long row, long first)
    {
        var line = file.LinesOf([first + row], CancellationToken.None).TryGetValue(first + row, out var found) ? string.Create(CultureInfo.InvariantCulture, $", line {found}") : "";
        return first == 0 && line.Length == 0 ? "" : string.Create(CultureInfo.InvariantCulture, $" It is row {first + row}{line} of {file.Path}.");
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
