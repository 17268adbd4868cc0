using System.Security.Cryptography;
using Google.Protobuf;
using Trpo.Onnx.Graph.Format;

namespace Trpo.Onnx.Graph;

/// <summary>
/// ONNX models with a digest of themselves in their metadata, so that a damaged weight is detected. A tool that changes a graph on purpose replaces
/// the digest with "none". A model without a digest is refused: the damage may be in the digest's name.
/// </summary>
internal static class SealedModel
{
    /// <summary>The key of the digest in the metadata.</summary>
    public const string DigestKey = "trpo.sha256";
    private const string Unsealed = "none";

    /// <summary>Serializes a model with a digest of all the rest of it.</summary>
    public static byte[] Seal(ModelProto model)
    {
        Remove(model);
        model.MetadataProps.Add(new StringStringEntryProto { Key = DigestKey, Value = Digest(model) });
        return model.ToByteArray();
    }

    /// <summary>Checks a model and reads its metadata.</summary>
    /// <exception cref="InvalidDataException">The model was changed after it was sealed, or uses something that policies do not.</exception>
    /// <exception cref="InvalidProtocolBufferException">The bytes are not an ONNX model.</exception>
    public static IReadOnlyDictionary<string, string> Open(byte[] bytes)
    {
        ModelFields.Check(bytes);
        var model = ModelProto.Parser.ParseFrom(bytes);
        var digest = Remove(model);
        if (digest is not (null or Unsealed) && digest != Digest(model))
            throw new InvalidDataException($"The model does not match its digest: it was altered after it was exported. If that was on purpose, set '{DigestKey}' in its metadata to '{Unsealed}'.");
        var metadata = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in model.MetadataProps)
        {
            if (!metadata.TryAdd(pair.Key, pair.Value))
                throw new InvalidDataException($"The model's metadata has '{pair.Key}' twice.");
        }

        PolicyMetadataFormat.CheckKeys(metadata);
        if (digest is null)
            throw new InvalidDataException($"The model's metadata has no '{DigestKey}': it was altered after it was exported. If that was on purpose, set it to '{Unsealed}'.");
        ModelStructure.Check(model);
        return metadata;
    }

    private static string? Remove(ModelProto model)
    {
        var entry = model.MetadataProps.FirstOrDefault(pair => pair.Key == DigestKey);
        if (entry is not null)
            model.MetadataProps.Remove(entry);
        return entry?.Value;
    }

    private static string Digest(ModelProto model) => Convert.ToHexStringLower(SHA256.HashData(model.ToByteArray()));
}
