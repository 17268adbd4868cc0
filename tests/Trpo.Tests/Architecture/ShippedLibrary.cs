namespace Trpo.Tests.Architecture;

/// <summary>A library that is packed.</summary>
/// <param name="Name">The simple name of the assembly.</param>
/// <param name="RootRoom">The root namespace, which is also the name of the project and of its folder in src.</param>
/// <param name="Path">The path of the assembly.</param>
/// <param name="Uses">The names of the libraries that it may reference.</param>
/// <param name="Rooms">The rooms from the bottom up, each with the rooms of the same library that it may use; names are relative to the root, which is the empty one.</param>
internal sealed record ShippedLibrary(string Name, string RootRoom, string Path, string[] Uses, IReadOnlyDictionary<string, string[]> Rooms)
{
    /// <summary>The name of the room of <see cref="EntryTypes"/>.</summary>
    public const string Entry = "(entry)";

    /// <summary>The types of the root namespace that stand above all rooms. The others of the root are a room like any other.</summary>
    public IReadOnlyList<string> EntryTypes { get; init; } = [];

    /// <summary>Returns the room of a type: its namespace, or the room of entry types. A program of top-level statements is in no namespace: its room is the root.</summary>
    public string RoomOf(TypeName type) => EntryTypes.Contains(type.Name) && type.Room == RootRoom ? Full(Entry)
        : type is { Room: "", Name: "Program" } ? RootRoom
        : type.Room;

    /// <summary>Returns the name of a room of this library relative to its root.</summary>
    public string Relative(string room) => room == RootRoom ? "" : room[(RootRoom.Length + 1)..];

    /// <summary>Returns the full name of a room of this library.</summary>
    public string Full(string room) => room.Length == 0 ? RootRoom : $"{RootRoom}.{room}";

    public override string ToString() => RootRoom;
}
