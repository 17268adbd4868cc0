namespace Trpo.Estimators.Environments;

/// <summary>
/// The exception that is thrown if an environment breaks the contract of <see cref="IEnvironment"/> or throws an exception, which is then the
/// <see cref="Exception.InnerException"/>; the message names the environment, its index, the step of the episode, and the failure.
/// </summary>
public sealed class EnvironmentException : Exception
{
    /// <inheritdoc cref="Exception(string, Exception)"/>
    public EnvironmentException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }

    /// <summary>True if the violation is a number that is not finite; a new episode may be free of it.</summary>
    internal bool IsNonFinite { get; init; }

    /// <summary>True if a transform between the environment and the policy failed, not the environment.</summary>
    internal bool IsOfTransform { get; init; }
}
