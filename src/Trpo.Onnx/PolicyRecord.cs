using System.Security.Cryptography;
using Trpo.Runtime.Files;

namespace Trpo.Onnx;

/// <summary>The content of a model file for a policy: the columns, the selection and the ONNX model, preceded by a digest of all three.</summary>
internal static class PolicyRecord
{
    private const byte Mode = 0;
    private const byte Sample = 1;
    private const byte FlooredSample = 2;

    // The policy and the names in front of it.
    private const int MaxBytes = PolicySession.MaxBytes + (1 << 20);

    /// <summary>Writes a record.</summary>
    public static byte[] Encode(PolicyColumns columns, ActionSelection selection, byte[] onnx)
    {
        using var content = new MemoryStream();
        using var writer = new BinaryWriter(content);
        writer.Write(columns.Observation);
        writer.Write(columns.Action);
        writer.Write(columns.Score);
        writer.Write(columns.Probability ?? "");
        writer.Write(columns.LogProbability ?? "");
        writer.Write(columns.UnclippedAction ?? "");
        writer.Write(selection.Floor > 0 ? FlooredSample : selection.IsSampled ? Sample : Mode);
        writer.Write(selection.Seed.HasValue);
        writer.Write(selection.Seed ?? 0);
        if (selection.Floor > 0)
            writer.Write(selection.Floor);
        writer.Write(onnx);
        writer.Flush();
        var bytes = content.ToArray();
        return [.. SHA256.HashData(bytes), .. bytes];
    }

    /// <summary>Reads a record that <see cref="Encode"/> wrote, to the end of the stream.</summary>
    /// <exception cref="InvalidDataException">The record is cut short, altered, or longer than a policy can be.</exception>
    public static (PolicyColumns Columns, ActionSelection Selection, byte[] Onnx) Decode(Stream record)
    {
        var bytes = BoundedFile.Read(record, MaxBytes, "The record of the policy");
        var content = bytes.AsSpan(Math.Min(SHA256.HashSizeInBytes, bytes.Length));
        if (!SHA256.HashData(content).AsSpan().SequenceEqual(bytes.AsSpan(0, bytes.Length - content.Length)))
            throw new InvalidDataException("Corrupt model file: the record of the policy does not match its checksum: it was altered or cut short.");

        using var stream = new MemoryStream(bytes, bytes.Length - content.Length, content.Length);
        using var reader = new BinaryReader(stream);
        var columns = new PolicyColumns(reader.ReadString(), reader.ReadString(), reader.ReadString())
        {
            Probability = Optional(reader.ReadString()),
            LogProbability = Optional(reader.ReadString()),
            UnclippedAction = Optional(reader.ReadString()),
        };
        var selection = ReadSelection(reader);
        return (columns, selection, reader.ReadBytes((int)(stream.Length - stream.Position)));
    }

    private static ActionSelection ReadSelection(BinaryReader reader)
    {
        var (kind, hasSeed, seed) = (reader.ReadByte(), reader.ReadBoolean(), reader.ReadInt32());
        if (kind > FlooredSample)
            throw new InvalidDataException($"Corrupt model file, or one of a newer version: the selection of actions is of kind {kind}.");
        if (kind == Mode)
            return ActionSelection.Mode;
        var floor = kind == FlooredSample ? reader.ReadDouble() : 0;
        return floor is >= 0 and <= 1
            ? ActionSelection.Sample(hasSeed ? seed : null, floor)
            : throw new InvalidDataException(FormattableString.Invariant($"Corrupt model file: the floor of the selection of actions is {floor}, and not from 0 to 1."));
    }

    private static string? Optional(string name) => name.Length == 0 ? null : name;
}
