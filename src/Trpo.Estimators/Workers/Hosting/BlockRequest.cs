using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Shards.Remote;

namespace Trpo.Estimators.Workers.Hosting;

/// <summary>A request to a worker, and its answer.</summary>
internal sealed class BlockRequest
{
    private readonly TaskCompletionSource<byte[]> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _mustStop;

    private BlockRequest(RequestHeader header, string parentActivity, List<byte[]> operations) => (Header, ParentActivity, Operations) = (header, parentActivity, operations);

    /// <summary>The head of the request.</summary>
    public RequestHeader Header { get; }

    /// <summary>The identifier of the training's activity; empty for none.</summary>
    public string ParentActivity { get; }

    /// <summary>The operations, at least one of at least one byte.</summary>
    public IReadOnlyList<byte[]> Operations { get; }

    /// <summary>True if the block is to be created first.</summary>
    public bool Begins => Operations[0][0] == (byte)ShardOperation.Begin;

    /// <summary>True if collecting is to stop before the next environment step.</summary>
    public bool MustStop => _mustStop;

    /// <summary>The answer.</summary>
    public Task<byte[]> Answer => _answer.Task;

    /// <summary>Reads a request.</summary>
    /// <exception cref="InvalidDataException">The bytes are no request.</exception>
    public static BlockRequest Of(byte[] request) => Checked(() =>
    {
        using var reader = MessageFormat.Open(request);
        var (header, parent) = (RequestHeader.Read(reader), reader.ReadString());
        var operations = new List<byte[]>();
        for (var left = reader.ReadCount(bytesEach: sizeof(int) + 1, "operations"); left > 0; left--)
        {
            var operation = reader.ReadArray<byte>("bytes of an operation");
            if (operation.Length == 0)
                throw new InvalidDataException("An operation is empty.");
            operations.Add(operation);
        }

        return operations.Count > 0 && reader.BaseStream.Position == reader.BaseStream.Length
            ? new BlockRequest(header, parent, operations)
            : throw new InvalidDataException("The request has no operation, or bytes behind the last one.");
    });

    /// <summary>Reads what came from outside.</summary>
    /// <exception cref="InvalidDataException">The bytes are none of what is read.</exception>
    public static T Checked<T>(Func<T> read)
    {
        try
        {
            return read();
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
        {
            throw exception as InvalidDataException ?? new InvalidDataException($"The message is damaged: {exception.Message}", exception);
        }
    }

    /// <summary>Stops collecting before the next environment step. Any thread may call this.</summary>
    public void Stop() => _mustStop = true;

    /// <summary>Gives the answer.</summary>
    public void Complete(byte[] answer) => _answer.TrySetResult(answer);

    /// <summary>Gives no answer, because it cannot be given.</summary>
    public void Fail(Exception exception) => _answer.TrySetException(exception);

    /// <summary>Gives no answer, because the worker is disposed.</summary>
    public void Abandon() => _answer.TrySetException(new ObjectDisposedException(nameof(ShardWorker)));
}
