namespace Trpo.Runtime.Decisions;

/// <summary>The exception for an event whose decision is on record with another subject, context or choice of actions.</summary>
public sealed class EventConflictException : InvalidOperationException
{
    /// <summary>Creates an exception.</summary>
    public EventConflictException()
    {
    }

    /// <summary>Creates an exception with a message.</summary>
    /// <param name="message">The message.</param>
    public EventConflictException(string message)
        : base(message)
    {
    }

    /// <summary>Creates an exception with a message and its cause.</summary>
    /// <param name="message">The message.</param>
    /// <param name="innerException">The cause.</param>
    public EventConflictException(string message, Exception innerException)
        : base(message, innerException)
    {
    }
}
