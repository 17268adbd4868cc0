namespace Trpo.Estimators;

/// <summary>Training cannot go on; the message says at which iteration and why.</summary>
public sealed class TrainingException : Exception
{
    /// <inheritdoc cref="Exception(string)"/>
    public TrainingException(string message)
        : base(message)
    {
    }
}
