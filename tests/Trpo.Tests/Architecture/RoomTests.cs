using System.Reflection;
using System.Runtime.CompilerServices;

namespace Trpo.Tests.Architecture;

/// <summary>The rooms of the shipped libraries, compared by type: each uses only those below it.</summary>
public sealed class RoomTests
{
    private static readonly RoomGraph Graph = RoomGraph.OfShippedLibraries;

    [TestCaseSource(typeof(ShippedLibraries), nameof(ShippedLibraries.All))]
    public void Each_room_uses_only_what_its_table_allows(object shipped)
    {
        var library = (ShippedLibrary)shipped;
        var violations = Graph.References
            .Where(reference => reference.From.Library == library.Name && reference.To.Library == library.Name && reference.From.Room != reference.To.Room)
            .Where(reference => !library.Rooms.TryGetValue(library.Relative(reference.From.Room), out var allowed) || !allowed.Contains(library.Relative(reference.To.Room)));

        Assert.That(violations, Is.Empty);
    }

    [TestCaseSource(typeof(ShippedLibraries), nameof(ShippedLibraries.All))]
    public void Each_table_lists_the_rooms_that_exist_and_the_arrows_that_are_used(object shipped)
    {
        var library = (ShippedLibrary)shipped;
        var rooms = Graph.References.SelectMany(reference => new[] { reference.From, reference.To }).Where(type => type.Library == library.Name).Select(type => library.Relative(type.Room)).Distinct();
        var unused = library.Rooms.SelectMany(room => room.Value
            .Where(used => !Graph.UsedBy(library.Full(room.Key)).Contains(library.Full(used)))
            .Select(used => $"{room.Key} -> {used}"));

        Assert.That(library.Rooms.Keys, Is.EquivalentTo(rooms));
        Assert.That(unused, Is.Empty);
    }

    [TestCaseSource(typeof(ShippedLibraries), nameof(ShippedLibraries.All))]
    public void Each_library_uses_only_those_below_it(object shipped)
    {
        var library = (ShippedLibrary)shipped;
        var used = Assembly.LoadFrom(library.Path).GetReferencedAssemblies().Select(assembly => assembly.Name).Where(name => ShippedLibraries.All.Any(other => other.Name == name));

        Assert.That(used, Is.SubsetOf(library.Uses));
    }

    [Test]
    public void No_rooms_use_each_other_in_a_cycle() => Assert.That(Graph.FindCycle(), Is.Empty);

    [TestCaseSource(typeof(ShippedLibraries), nameof(ShippedLibraries.All))]
    public void Only_tests_and_benchmarks_see_internal_members(object shipped)
    {
        var assembly = Assembly.LoadFrom(((ShippedLibrary)shipped).Path);
        string[] friends = [.. assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(friend => friend.AssemblyName)];
        var programs = new[] { "tests", "benchmarks" }.SelectMany(folder => Directory.GetDirectories(Path.Combine(Support.Repository.Root, folder))).Select(Path.GetFileName);

        Assert.That(friends, Is.SubsetOf(programs));
    }

    [Test]
    public void Access_checks_are_ignored_for_ml_net_alone()
    {
        var opened = ShippedLibraries.All.SelectMany(library => Assembly.LoadFrom(library.Path).CustomAttributes)
            .Where(attribute => attribute.AttributeType.Name == "IgnoresAccessChecksToAttribute")
            .Select(attribute => (string)attribute.ConstructorArguments[0].Value!);

        Assert.That(opened, Has.All.StartsWith("Microsoft.ML."));
    }

    [Test]
    public void Deployment_knows_neither_torchsharp_nor_plotting()
    {
        Assert.That(ReferencesOf(ShippedLibraries.Onnx), Has.None.EqualTo("TorchSharp").And.None.EqualTo("ScottPlot").And.None.EqualTo("SkiaSharp"));
        Assert.That(ReferencesOf(ShippedLibraries.Estimators), Has.None.EqualTo("ScottPlot").And.None.EqualTo("SkiaSharp").And.Some.EqualTo("Trpo.Onnx"));
    }

    private static IEnumerable<string?> ReferencesOf(ShippedLibrary library) => Assembly.LoadFrom(library.Path).GetReferencedAssemblies().Select(assembly => assembly.Name);
}
