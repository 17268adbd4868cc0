using System.Text;

namespace Trpo.Estimators.Checkpoints;

/// <summary>
/// The states of the parts of a training, each under a name and in bytes of its own, so that a part that reads too much or too little is detected.
/// </summary>
internal sealed class CheckpointContent
{
    private const int MaxNameLength = 100;

    private readonly Dictionary<string, ReadOnlyMemory<byte>> _states = [];

    /// <summary>Adds the state of a part.</summary>
    public void Add(string name, Action<BinaryWriter> save)
    {
        using var stream = new MemoryStream();
        using (var writer = new BinaryWriter(stream, Encoding.UTF8, leaveOpen: true))
            save(writer);
        _states.Add(name, stream.GetBuffer().AsMemory(0, (int)stream.Length));
    }

    /// <summary>True if there is a state of a name.</summary>
    public bool Has(string name) => _states.ContainsKey(name);

    /// <summary>Adds the state of a part to another content.</summary>
    /// <exception cref="CheckpointException">There is no state of this name.</exception>
    public void CopyTo(CheckpointContent content, string name) => content._states.Add(name, _states.TryGetValue(name, out var state) ? state : throw Missing(name));

    /// <summary>Restores the state of a part.</summary>
    /// <exception cref="CheckpointException">There is no state of this name, or it is not one of this part.</exception>
    public void Restore(string name, Action<BinaryReader> restore)
    {
        if (!_states.TryGetValue(name, out var state))
            throw Missing(name);
        using var stream = new MemoryStream(state.ToArray(), writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        try
        {
            restore(reader);
        }
        catch (Exception exception) when (exception is not CheckpointException)
        {
            // Custom parts may throw any exception on bytes that they did not write.
            throw new CheckpointException($"The checkpoint does not fit this run, or is damaged: the {name} cannot be restored. {exception.Message}", exception);
        }

        if (stream.Position != stream.Length)
            throw new CheckpointException($"The checkpoint does not fit this run, or is damaged: {stream.Length - stream.Position} of the {stream.Length} bytes of the {name} are left over.");
    }

    /// <summary>Concatenates all states, for a file.</summary>
    public byte[] ToArray()
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write(_states.Count);
        foreach (var (name, state) in _states)
        {
            writer.Write(name);
            writer.Write(state.Length);
            writer.Write(state.Span);
        }

        writer.Flush();
        return stream.ToArray();
    }

    /// <summary>Reads what <see cref="ToArray"/> wrote.</summary>
    /// <exception cref="InvalidDataException">The bytes are not such states.</exception>
    public static CheckpointContent Of(byte[] bytes)
    {
        var content = new CheckpointContent();
        using var stream = new MemoryStream(bytes, writable: false);
        using var reader = new BinaryReader(stream, Encoding.UTF8);
        try
        {
            var count = reader.ReadCount(bytesEach: 1 + sizeof(int), "states");
            for (var i = 0; i < count; i++)
            {
                var name = reader.ReadString();
                var length = reader.ReadCount(bytesEach: 1, "bytes of a state");
                if (name.Length > MaxNameLength || !content._states.TryAdd(name, bytes.AsMemory((int)stream.Position, length)))
                    throw new InvalidDataException("A state has no valid name, or two have the same.");
                stream.Position += length;
            }
        }
        catch (Exception exception) when (exception is IOException or FormatException or ArgumentException)
        {
            throw new InvalidDataException(exception.Message, exception);
        }

        return stream.Position == stream.Length ? content : throw new InvalidDataException("There are bytes behind the last state.");
    }

    private static CheckpointException Missing(string name) => new($"The checkpoint has no {name}.");
}
