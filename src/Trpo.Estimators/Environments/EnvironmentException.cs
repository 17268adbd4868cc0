namespace Trpo.Estimators.Environments;

/// <summary>The exception that is thrown if an environment breaks the contract of <see cref="IEnvironment"/>; the message names the environment and the violation.</summary>
public sealed class EnvironmentException : Exception
{
    /// <inheritdoc cref="Exception(string, Exception)"/>
    public EnvironmentException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>True if the violation is a number that is not finite; a new episode may be free of it.</summary>
    internal bool IsNonFinite { get; init; }
}
