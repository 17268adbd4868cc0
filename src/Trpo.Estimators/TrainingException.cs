namespace Trpo.Estimators;

/// <summary>The exception that is thrown when training diverged or cannot continue; the message names the iteration, the reason, and a remedy.</summary>
public sealed class TrainingException : Exception
{
    /// <inheritdoc cref="Exception(string)"/>
    public TrainingException(string message)
        : base(message)
    {
    }
}
