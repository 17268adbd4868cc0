using System.Security.Cryptography;
using Google.Protobuf;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>
/// ONNX models that carry a digest of themselves in their metadata, so that a damaged weight is found out. A model whose digest a tool has
/// removed, having changed the graph on purpose, opens without the check.
/// </summary>
internal static class SealedModel
{
    private const string DigestKey = "trpo.sha256";

    private static ReadOnlySpan<byte> DigestKeyBytes => "trpo.sha256"u8;

    /// <summary>The bytes of a model, with a digest of all the rest of it.</summary>
    public static byte[] Seal(ModelProto model)
    {
        Remove(model);
        model.MetadataProps.Add(new StringStringEntryProto { Key = DigestKey, Value = Digest(model) });
        return model.ToByteArray();
    }

    /// <summary>Reads the metadata of a model.</summary>
    /// <exception cref="InvalidDataException">The model is not what it was when it was sealed.</exception>
    /// <exception cref="InvalidProtocolBufferException">The bytes are not a model.</exception>
    public static IReadOnlyDictionary<string, string> Open(byte[] bytes)
    {
        var model = ModelProto.Parser.ParseFrom(bytes);
        var digest = Remove(model);
        if (digest is not null && digest != Digest(model))
            throw new InvalidDataException($"The model does not match its digest: it was altered after it was exported. If that was on purpose, remove '{DigestKey}' from its metadata.");
        if (digest is null && (bytes.AsSpan().IndexOf(DigestKeyBytes) >= 0 || HasDigestOfAnotherName(model)))
            throw new InvalidDataException("The entry of the model's digest is damaged.");
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in model.MetadataProps)
            metadata[pair.Key] = pair.Value;
        return metadata;
    }

    private static string? Remove(ModelProto model)
    {
        var entry = model.MetadataProps.FirstOrDefault(pair => pair.Key == DigestKey);
        if (entry is not null)
            model.MetadataProps.Remove(entry);
        return entry?.Value;
    }

    // The last entry is the digest of all the rest, but its key is not what it was.
    private static bool HasDigestOfAnotherName(ModelProto model)
    {
        var rest = model.Clone();
        if (rest.MetadataProps.LastOrDefault() is not { } last)
            return false;
        rest.MetadataProps.RemoveAt(rest.MetadataProps.Count - 1);
        return last.Value == Digest(rest);
    }

    private static string Digest(ModelProto model) => Convert.ToHexStringLower(SHA256.HashData(model.ToByteArray()));
}
