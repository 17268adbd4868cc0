namespace Trpo.Estimators.Environments;

/// <summary>An environment broke its contract; the message names the environment and what it did.</summary>
public sealed class EnvironmentException : Exception
{
    /// <inheritdoc cref="Exception(string, Exception)"/>
    public EnvironmentException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>Whether what it did was a number that is not finite, and no failure: a fresh episode may be free of it.</summary>
    internal bool IsNonFinite { get; init; }
}
