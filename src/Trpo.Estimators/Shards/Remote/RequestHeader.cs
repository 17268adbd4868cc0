namespace Trpo.Estimators.Shards.Remote;

/// <summary>The head of a request and of a question: which block it is for, and its place in the sequence.</summary>
/// <param name="Training">The identifier of the training.</param>
/// <param name="Block">The index of the first shard of the block.</param>
/// <param name="Epoch">The number of times that the block was begun, from 1. What belongs to an earlier epoch is void.</param>
/// <param name="Sequence">The number of the request in the epoch, from 1.</param>
internal readonly record struct RequestHeader(Guid Training, int Block, int Epoch, long Sequence)
{
    private const uint Signature = 0x4F505254;

    /// <summary>Writes the header.</summary>
    public void Write(BinaryWriter writer)
    {
        writer.Write(Signature);
        writer.Write(MessageFormat.Version);
        writer.WriteValue(Training);
        writer.Write(Block);
        writer.Write(Epoch);
        writer.Write(Sequence);
    }

    /// <summary>Reads a header.</summary>
    /// <exception cref="InvalidDataException">It is none, or of another version of the protocol.</exception>
    /// <exception cref="EndOfStreamException">The message ends before.</exception>
    public static RequestHeader Read(BinaryReader reader)
    {
        if (reader.ReadUInt32() != Signature)
            throw new InvalidDataException("The message is none of a training.");
        if (reader.ReadInt32() is var version && version != MessageFormat.Version)
            throw new InvalidDataException(FormattableString.Invariant($"The message is of version {version} of the protocol, but this library has version {MessageFormat.Version}: use the same version of the packages on all machines."));
        return new RequestHeader(reader.ReadValue<Guid>(), reader.ReadInt32(), reader.ReadInt32(), reader.ReadInt64());
    }
}
