using System.Reflection;
using Trpo.Estimators;
using Trpo.Estimators.Environments;

namespace Trpo.Cli.Foundation;

/// <summary>The messages of exceptions for the user.</summary>
internal static class ErrorMessage
{
    /// <summary>Returns the message of an error that the user can correct; null if the exception is a bug of the tool itself.</summary>
    public static string? Of(Exception exception) => exception switch
    {
        EnvironmentException { InnerException: { } inner } => $"{exception.Message}{TopFrame(inner)}",
        CommandException or IOException or InvalidDataException or UnauthorizedAccessException => exception.Message,
        // The package of the tool would be four times as large with libtorch, which no perceptron needs.
        DllNotFoundException when exception.Message.Contains("libtorch", StringComparison.Ordinal) => $"{exception.Message} The tool has no libtorch: leave \"engine\" and \"device\" of --options out, or train in a program of your own with that package.",
        DllNotFoundException => exception.Message,
        // The exceptions of the library are about environments, pipelines, trainings and checkpoints.
        _ when exception.GetType().Assembly == typeof(TrpoEstimator).Assembly => exception.Message,
        _ => null,
    };

    /// <summary>Returns the message of an argument exception without the name of the parameter, which no user of the tool knows.</summary>
    public static string Of(ArgumentException exception)
    {
        var suffix = exception.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return suffix < 0 ? exception.Message : exception.Message[..suffix];
    }

    // The author of the environment needs the line that threw, and no more of the stack trace.
    private static string TopFrame(Exception exception)
    {
        // Reflection, static initializers and tasks wrap the exception of the author's code.
        while (exception is TargetInvocationException or TypeInitializationException or AggregateException { InnerExceptions.Count: 1 } && exception.InnerException is { } inner)
            exception = inner;
        return exception.StackTrace?.Split('\n', 2)[0].Trim() is { Length: > 0 } frame ? $"{Environment.NewLine}  {exception.GetType().Name} {frame}" : "";
    }
}
