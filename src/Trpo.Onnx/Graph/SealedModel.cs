using System.Security.Cryptography;
using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;

namespace Trpo.Onnx.Graph;

/// <summary>
/// ONNX models with a description of their policy and a digest of themselves in their metadata, so that a damaged weight is detected.
/// <see cref="PolicyMetadata.FromOnnx"/> checks the digest.
/// </summary>
internal static class SealedModel
{
    /// <summary>Serializes a model with a digest of all the rest of it.</summary>
    public static byte[] Seal(ModelProto model)
    {
        if (model.MetadataProps.FirstOrDefault(pair => pair.Key == PolicyMetadata.DigestKey) is { } old)
            model.MetadataProps.Remove(old);
        var digest = Convert.ToHexString(SHA256.HashData(model.ToByteArray())).ToLowerInvariant();
        model.MetadataProps.Add(new StringStringEntryProto { Key = PolicyMetadata.DigestKey, Value = digest });
        return model.ToByteArray();
    }

    /// <summary>Replaces the description that a model has.</summary>
    public static void Describe(ModelProto model, PolicyMetadata metadata)
    {
        foreach (var old in model.MetadataProps.Where(entry => PolicyMetadata.IsProperty(entry.Key)).ToList())
            model.MetadataProps.Remove(old);
        foreach (var (key, value) in metadata.ToProperties())
            model.MetadataProps.Add(new StringStringEntryProto { Key = key, Value = value });
    }
}
