namespace Trpo.Estimators.Shards.Remote;

/// <summary>The messages of failures inside other messages.</summary>
internal static class FailureText
{
    private const int MaxLength = 500;

    /// <summary>Returns the first line of a message, shortened if it is very long: transports put stacks of other processes behind it.</summary>
    public static string FirstLine(Exception failure)
    {
        var line = failure.Message.AsSpan().TrimStart();
        line = line[..(line.IndexOfAny('\r', '\n') is >= 0 and var end ? end : line.Length)].TrimEnd();
        return line.Length <= MaxLength ? line.ToString() : $"{line[..MaxLength]}...";
    }
}
