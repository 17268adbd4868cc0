using Trpo.Estimators.Checkpoints;

namespace Trpo.Estimators.Shards.Remote;

/// <summary>The answer of a worker to a request.</summary>
internal sealed record Answer
{
    /// <summary>Gets the kind.</summary>
    public required AnswerKind Kind { get; init; }

    /// <summary>Gets the head of the request.</summary>
    public required RequestHeader Header { get; init; }

    /// <summary>Gets the number of steps of each environment that the current rollout has.</summary>
    public int CollectedSteps { get; init; }

    /// <summary>Gets the number of failed environments that have been replaced.</summary>
    public int Restarts { get; init; }

    /// <summary>Gets the warnings of environments and transforms since the last answer.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Gets the index of the operation that failed, among those of the request.</summary>
    public int FailedIndex { get; init; }

    /// <summary>Gets the result of the last operation, or the failure.</summary>
    public byte[] Body { get; init; } = [];

    /// <summary>Writes the answer.</summary>
    public byte[] ToArray() => MessageFormat.Write(
        writer =>
        {
            Header.Write(writer);
            writer.Write((byte)Kind);
            writer.Write(CollectedSteps);
            writer.Write(Restarts);
            writer.Write(Warnings.Count);
            foreach (var warning in Warnings)
                writer.Write(warning);
            writer.Write(FailedIndex);
            writer.WriteSpan<byte>(Body);
        },
        Body.Length + 128);

    /// <summary>Reads an answer.</summary>
    /// <exception cref="IOException">The message is no answer, or ends before.</exception>
    public static Answer Of(byte[] message)
    {
        using var reader = MessageFormat.Open(message);
        return new Answer
        {
            Header = RequestHeader.Read(reader),
            Kind = (AnswerKind)reader.ReadByte(),
            CollectedSteps = reader.ReadInt32(),
            Restarts = reader.ReadInt32(),
            Warnings = ReadWarnings(reader),
            FailedIndex = reader.ReadInt32(),
            Body = reader.ReadArray<byte>("bytes of an answer"),
        };
    }

    private static List<string> ReadWarnings(BinaryReader reader)
    {
        var warnings = new List<string>();
        for (var left = reader.ReadCount(bytesEach: 1, "warnings"); left > 0; left--)
            warnings.Add(reader.ReadString());
        return warnings;
    }
}
