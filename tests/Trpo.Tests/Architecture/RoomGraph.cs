namespace Trpo.Tests.Architecture;

/// <summary>The references between the rooms (namespaces) of the shipped libraries.</summary>
internal sealed class RoomGraph
{
    private readonly Dictionary<string, SortedSet<string>> _arrows;

    /// <summary>Creates the graph of references between types.</summary>
    public RoomGraph(IEnumerable<TypeReference> references)
    {
        References = [.. references.OrderBy(reference => reference.ToString(), StringComparer.Ordinal)];
        _arrows = References.Where(reference => reference.From.Room != reference.To.Room)
            .GroupBy(reference => reference.From.Room, reference => reference.To.Room)
            .ToDictionary(group => group.Key, group => new SortedSet<string>(group, StringComparer.Ordinal));
    }

    /// <summary>The graph of the libraries that the tests run with.</summary>
    public static RoomGraph OfShippedLibraries { get; } = Read(ShippedLibraries.All);

    /// <summary>Every reference between two types of the libraries.</summary>
    public IReadOnlyList<TypeReference> References { get; }

    /// <summary>Returns the rooms that a room uses.</summary>
    public IReadOnlyCollection<string> UsedBy(string room) => _arrows.TryGetValue(room, out var used) ? used : [];

    /// <summary>Finds a cycle of rooms.</summary>
    /// <returns>The rooms of the cycle, the first one again at the end; empty where there is none.</returns>
    public IReadOnlyList<string> FindCycle()
    {
        var done = new HashSet<string>(StringComparer.Ordinal);
        var path = new List<string>();
        foreach (var room in _arrows.Keys.Order(StringComparer.Ordinal))
        {
            if (Visit(room))
                return [.. path.SkipWhile(visited => visited != path[^1])];
        }

        return [];

        bool Visit(string room)
        {
            path.Add(room);
            if (path.IndexOf(room) < path.Count - 1)
                return true;
            if (done.Add(room) && UsedBy(room).Any(Visit))
                return true;
            path.RemoveAt(path.Count - 1);
            return false;
        }
    }

    /// <summary>Reads compiled libraries.</summary>
    public static RoomGraph Read(IReadOnlyList<ShippedLibrary> libraries)
    {
        return new RoomGraph(libraries.SelectMany(library => LibraryReader.Read(library.Path))
            .Select(reference => new TypeReference(InRoom(reference.From), InRoom(reference.To)))
            .Where(reference => IsOurs(reference.From) && IsOurs(reference.To)));

        TypeName InRoom(TypeName type) => LibraryOf(type) is { } library ? type with { Room = library.RoomOf(type) } : type;

        // Helpers that the compiler generates are in namespaces of its own.
        bool IsOurs(TypeName type) => LibraryOf(type) is { } library && (type.Room == library.RootRoom || type.Room.StartsWith($"{library.RootRoom}.", StringComparison.Ordinal));

        ShippedLibrary? LibraryOf(TypeName type) => libraries.FirstOrDefault(library => library.Name == type.Library);
    }
}
