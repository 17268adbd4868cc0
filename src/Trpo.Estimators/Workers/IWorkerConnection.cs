namespace Trpo.Estimators.Workers;

/// <summary>
/// The connection of a training to the <see cref="Hosting.ShardWorker"/> of one block of shards. Any call may fail with any exception, be delivered twice, or never return: the training then asks for the
/// status, sends the request again, or begins the block anew.
/// </summary>
public interface IWorkerConnection : IDisposable
{
    /// <summary>
    /// True if the worker should move although it lives, because a process that has joined would otherwise have fewer blocks than others. The training asks each time when a move costs no computation, and
    /// calls <see cref="MoveAsync"/>. False by default.
    /// </summary>
    bool ShouldMove => false;

    /// <summary>Gets the name of the process that runs the block, such as the address of a silo, for messages. Null, the default, while it is not known.</summary>
    string? Place => null;

    /// <summary>Delivers a request to <see cref="Hosting.ShardWorker.SendAsync"/> and returns its answer, however long that takes.</summary>
    /// <param name="request">The request, which is not changed afterwards.</param>
    /// <param name="cancellation">Cancelled when the training no longer waits for the answer; the worker need not know.</param>
    /// <exception cref="WorkerException">No process is there that could take the block: none was lost with the request, and the training asks again until <see cref="TrainingWorkers.RecoveryTimeout"/> ends.</exception>
    Task<byte[]> SendAsync(byte[] request, CancellationToken cancellation);

    /// <summary>Delivers a question to <see cref="Hosting.ShardWorker.Ask"/> and returns its answer, while a request may be at work. An answer within a second shows that the worker is alive.</summary>
    /// <param name="question">The question, which is not changed afterwards.</param>
    /// <param name="cancellation">Cancelled when the training no longer waits for the answer.</param>
    Task<byte[]> AskAsync(byte[] question, CancellationToken cancellation);

    /// <summary>Gives the present process up, because it is lost, slow, or one that holds more blocks than others: the next request goes to another one, where there is one.</summary>
    /// <param name="cancellation">Cancelled when the training no longer waits.</param>
    Task MoveAsync(CancellationToken cancellation);
}
