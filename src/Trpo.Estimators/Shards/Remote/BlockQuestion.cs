namespace Trpo.Estimators.Shards.Remote;

/// <summary>A question about the request at work.</summary>
/// <param name="Header">The head of the request.</param>
/// <param name="Stops">True if the worker is to stop collecting before the next environment step.</param>
internal readonly record struct BlockQuestion(RequestHeader Header, bool Stops)
{
    /// <summary>Writes a question.</summary>
    public static byte[] Write(RequestHeader header, bool stops) => MessageFormat.Write(writer =>
    {
        header.Write(writer);
        writer.Write(stops);
    });

    /// <summary>Reads a question.</summary>
    /// <exception cref="IOException">The message is no question.</exception>
    public static BlockQuestion Read(byte[] message)
    {
        using var reader = MessageFormat.Open(message);
        return new BlockQuestion(RequestHeader.Read(reader), reader.ReadBoolean());
    }
}
