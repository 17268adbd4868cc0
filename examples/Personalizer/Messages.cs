namespace Trpo.Examples.Personalizer;

/// <summary>The messages of the log. None has a value of a row, since those may be personal.</summary>
internal static partial class Messages
{
    [LoggerMessage(LogLevel.Error, "The database does not answer: {Kind}.")]
    public static partial void NoAnswer(ILogger logger, string kind);

    [LoggerMessage(LogLevel.Information, "Lesson: {Verdict}.")]
    public static partial void Learned(ILogger logger, string verdict);

    [LoggerMessage(LogLevel.Error, "A task of the schedule failed: {Kind}.")]
    public static partial void Failed(ILogger logger, string kind);
}
