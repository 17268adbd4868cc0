using System.Security.Cryptography;

namespace Trpo.Runtime.Graph;

/// <summary>
/// The digest of a model in its own metadata, by which a damaged weight is detected. A tool that changes a graph on purpose replaces the digest with
/// "none". A model without a digest is refused: the damage may be in the digest's name.
/// </summary>
internal static class ModelDigest
{
    private const string None = "none";

    /// <summary>Checks that a model has the digest of all the rest of it.</summary>
    /// <param name="model">A model whose fields were checked (<see cref="ModelFields"/>).</param>
    /// <param name="digest">The digest in its metadata.</param>
    /// <exception cref="InvalidDataException">The model was changed after it was sealed.</exception>
    public static void Check(ReadOnlyMemory<byte> model, string digest)
    {
        if (digest != None && digest != Of(model) && digest != Hex(SHA256.HashData(CanonicalModel.Of(model, IsNotDigest).Span)))
            throw new InvalidDataException($"The model does not match its digest: it was altered after it was exported. If that was on purpose, set '{PolicyMetadata.DigestKey}' in its metadata to '{None}'.");
    }

    /// <summary>Creates the exception for a model without a digest.</summary>
    public static InvalidDataException Missing() =>
        new($"The model's metadata has no '{PolicyMetadata.DigestKey}': it was altered after it was exported. If that was on purpose, set it to '{None}'.");

    // The exporter's own bytes are canonical already.
    private static string Of(ReadOnlyMemory<byte> model)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var reader = new WireReader(model);
        while (!reader.IsAtEnd)
        {
            var start = model.Length - reader.Left;
            var (number, wireType) = reader.Tag();
            var isKept = true;
            if (number == OnnxSchema.MetadataField)
                isKept = IsNotDigest(reader.Content());
            else
                reader.Skip(wireType);
            if (isKept)
                hash.AppendData(model[start..(model.Length - reader.Left)].Span);
        }

        return Hex(hash.GetHashAndReset());
    }

    private static bool IsNotDigest(ReadOnlyMemory<byte> entry) => OnnxModel.ReadEntry(entry).Key != PolicyMetadata.DigestKey;

    private static string Hex(ReadOnlySpan<byte> hash) => Convert.ToHexString(hash).ToLowerInvariant();
}
