namespace Trpo.Estimators.Shards.Remote;

/// <summary>The answer to a question about a block.</summary>
/// <param name="Epoch">The epoch of the block that the worker has of the training; 0 for none.</param>
/// <param name="Accepted">The number of the last request that arrived.</param>
/// <param name="Answered">The number of the last request that was answered.</param>
/// <param name="CollectedSteps">The number of steps of each environment that the current rollout has.</param>
internal readonly record struct BlockStatus(int Epoch, long Accepted, long Answered, int CollectedSteps)
{
    /// <summary>Writes the status.</summary>
    public byte[] ToArray()
    {
        var status = this;
        return MessageFormat.Write(writer => writer.WriteValue(status));
    }

    /// <summary>Reads a status.</summary>
    /// <exception cref="EndOfStreamException">The message ends before.</exception>
    public static BlockStatus Of(byte[] message)
    {
        using var reader = MessageFormat.Open(message);
        return reader.ReadValue<BlockStatus>();
    }
}
