namespace Trpo.Estimators.Checkpoints;

/// <summary>The copying of a state from one part to another of the same kind.</summary>
internal static class StateCopy
{
    /// <summary>Restores the state of a part into another.</summary>
    /// <param name="source">The part whose state is saved.</param>
    /// <param name="copy">The part whose state is replaced.</param>
    /// <exception cref="InvalidDataException">The parts are not of one kind.</exception>
    public static void Copy(ICheckpointable source, ICheckpointable copy)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream);
        source.SaveState(writer);
        writer.Flush();
        stream.Position = 0;
        using var reader = new BinaryReader(stream);
        copy.RestoreState(reader);
        if (stream.Position != stream.Length)
            throw new InvalidDataException(FormattableString.Invariant($"{stream.Length - stream.Position} of the {stream.Length} bytes of a state are left over."));
    }
}
