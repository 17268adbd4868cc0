namespace Trpo.Estimators.Checkpoints;

/// <summary>A state within another, with its length in front of it, so that a part cannot read beyond its own.</summary>
internal static class NestedState
{
    /// <summary>Writes the length and the bytes of a state.</summary>
    /// <param name="writer">Receives them.</param>
    /// <param name="save">Writes the state.</param>
    public static void Save(BinaryWriter writer, Action<BinaryWriter> save)
    {
        using var state = new MemoryStream();
        using var nested = new BinaryWriter(state);
        save(nested);
        nested.Flush();
        writer.WriteSpan<byte>(state.GetBuffer().AsSpan(0, (int)state.Length));
    }

    /// <summary>Reads what <see cref="Save"/> wrote.</summary>
    /// <param name="reader">Reads the length and the bytes.</param>
    /// <param name="what">The name of the bytes, for messages.</param>
    /// <param name="restore">Reads the state.</param>
    /// <returns>The number of bytes that were read, and that there are.</returns>
    public static (long Read, long Length) Restore(BinaryReader reader, string what, Action<BinaryReader> restore)
    {
        using var state = new MemoryStream(reader.ReadArray<byte>(what), writable: false);
        using var nested = new BinaryReader(state);
        restore(nested);
        return (state.Position, state.Length);
    }
}
