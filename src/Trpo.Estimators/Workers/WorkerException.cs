namespace Trpo.Estimators.Workers;

/// <summary>
/// The exception that is thrown if a training cannot run on its workers: they refuse its shards (another version of the library, another vector width, a part that is not registered), none can be reached, or
/// one failed in a way that the training does not know. The message names the shards, the worker's reason and the way out.
/// </summary>
public sealed class WorkerException : InvalidOperationException
{
    /// <inheritdoc cref="InvalidOperationException(string, Exception)"/>
    public WorkerException(string message, Exception? innerException = null)
        : base(message, innerException)
    {
    }
}
