namespace Trpo.Estimators.Shards.Remote;

/// <summary>A question about the request at work.</summary>
/// <param name="Header">The head of the request.</param>
/// <param name="Stop">The way in which the worker is to end the request.</param>
internal readonly record struct BlockQuestion(RequestHeader Header, StopLevel Stop)
{
    /// <summary>Writes the question.</summary>
    public byte[] ToArray()
    {
        var question = this;
        return MessageFormat.Write(writer =>
        {
            question.Header.Write(writer);
            writer.Write((byte)question.Stop);
        });
    }

    /// <summary>Reads a question.</summary>
    /// <exception cref="IOException">The message is no question.</exception>
    public static BlockQuestion Of(byte[] message)
    {
        using var reader = MessageFormat.Open(message);
        return new BlockQuestion(RequestHeader.Read(reader), (StopLevel)reader.ReadByte());
    }
}
