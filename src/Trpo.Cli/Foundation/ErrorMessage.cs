using Trpo.Estimators;
using Trpo.Estimators.Environments;

namespace Trpo.Cli.Foundation;

/// <summary>What is said of an exception: a message for what the user can mend, and nothing for a fault of the tool.</summary>
internal static class ErrorMessage
{
    /// <summary>The message for the user; null where the exception is a fault of the tool itself.</summary>
    public static string? Of(Exception exception) => exception switch
    {
        EnvironmentException { InnerException: { } inner } => $"{exception.Message}{Place(inner)}",
        OperationCanceledException => $"The environment gave up: {exception.Message}{Place(exception)}",
        CommandException or IOException or InvalidDataException or UnauthorizedAccessException or DllNotFoundException => exception.Message,
        // The library's own are about environments, pipelines, trainings and checkpoints.
        _ when exception.GetType().Assembly == typeof(TrpoEstimator).Assembly => exception.Message,
        _ => null,
    };

    /// <summary>The message of an argument's exception, without the name of a parameter that no user of the tool knows.</summary>
    public static string Of(ArgumentException exception)
    {
        var suffix = exception.Message.IndexOf(" (Parameter '", StringComparison.Ordinal);
        return suffix < 0 ? exception.Message : exception.Message[..suffix];
    }

    // Whoever wrote the environment looks for the line; one will do.
    private static string Place(Exception exception) => exception.StackTrace?.Split('\n', 2)[0].Trim() is { Length: > 0 } frame
        ? $"{Environment.NewLine}  {exception.GetType().Name} {frame}"
        : "";
}
