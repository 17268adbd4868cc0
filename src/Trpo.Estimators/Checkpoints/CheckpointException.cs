namespace Trpo.Estimators.Checkpoints;

/// <summary>Training cannot go on from a checkpoint, or a folder is not free for its checkpoints; the message says why, and what to do.</summary>
public sealed class CheckpointException : Exception
{
    /// <inheritdoc cref="Exception(string, Exception)"/>
    public CheckpointException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
