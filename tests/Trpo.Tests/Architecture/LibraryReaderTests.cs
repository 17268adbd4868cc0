using Trpo.Tests.Architecture.Samples;

namespace Trpo.Tests.Architecture;

/// <summary>The reader behind <see cref="RoomTests"/> sees every way in which one type can use another.</summary>
public sealed class LibraryReaderTests
{
    [Test]
    public void Every_kind_of_reference_is_found()
    {
        var room = typeof(User).Namespace!;
        var used = LibraryReader.Read(typeof(User).Assembly.Location).Where(reference => reference.From.Name == nameof(User) && reference.To.Room == room).Select(reference => reference.To.Name);

        Assert.That(used, Is.EquivalentTo(typeof(User).Assembly.GetTypes().Where(type => type.Namespace == room && !type.IsNested && type != typeof(User)).Select(type => type.Name)));
    }

    [Test]
    public void A_cycle_of_rooms_is_found()
    {
        TypeName Type(string room) => new("Library", room, "Type");
        TypeReference Reference(string from, string to) => new(Type(from), Type(to));

        Assert.That(new RoomGraph([Reference("A", "B"), Reference("A", "C"), Reference("B", "C")]).FindCycle(), Is.Empty);
        Assert.That(new RoomGraph([Reference("A", "B"), Reference("B", "C"), Reference("C", "D"), Reference("D", "B")]).FindCycle(), Is.EqualTo(new[] { "B", "C", "D", "B" }));
    }
}
