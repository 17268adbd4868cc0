namespace Trpo.Estimators.Checkpoints;

/// <summary>The exception that is thrown when training cannot resume from a checkpoint, or a folder is not free for its checkpoints; the message names the reason and a remedy.</summary>
public sealed class CheckpointException : Exception
{
    /// <inheritdoc cref="Exception(string, Exception)"/>
    public CheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
