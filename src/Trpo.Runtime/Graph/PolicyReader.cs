namespace Trpo.Runtime.Graph;

/// <summary>The reader of policies: nothing of a model is believed before its fields, its digest, its metadata's keys and its structure were checked.</summary>
internal static class PolicyReader
{
    /// <summary>Reads a model, without the digest in its metadata.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a policy, or were changed after they were sealed; or the model uses something that policies do not.</exception>
    public static OnnxModel Open(ReadOnlyMemory<byte> bytes)
    {
        var model = OnnxModel.Read(bytes);
        model.Metadata.Remove(PolicyMetadata.DigestKey, out var digest);
        if (digest is not null)
            ModelDigest.Check(bytes, digest);
        PolicyMetadataFormat.CheckKeys(model.Metadata);
        if (digest is null)
            throw ModelDigest.Missing();
        ModelStructure.Check(model);
        return model;
    }
}
