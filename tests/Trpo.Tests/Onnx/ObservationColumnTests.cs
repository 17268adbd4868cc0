using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

public sealed class ObservationColumnTests
{
    [Test]
    public void A_space_of_columns_is_a_vector_with_the_names_and_bounds_of_the_columns()
    {
        var space = TypedRow.Space;

        Assert.Multiple(() =>
        {
            Assert.That(space.Length, Is.EqualTo(5));
            Assert.That(space.Names, Is.EqualTo(new[] { "Weekday", "Season", "Stock", "Demand.north", "Demand.south" }));
            Assert.That(space.Low, Is.EqualTo(new float[] { 0, 0, 0, 0, 0 }));
            Assert.That(space.High, Is.EqualTo(new float[] { 2, 1, 40, 9, 8 }));
            Assert.That(space.Columns.Select(column => column.Kind), Is.EqualTo(new[] { ObservationColumnKind.Text, ObservationColumnKind.Key, ObservationColumnKind.Number, ObservationColumnKind.Vector }));
            Assert.That(space.ToString(), Is.EqualTo("Columns(Weekday (text, 3 categories), Season (key, 2 categories), Stock (number), Demand (vector of 2))"));
        });
    }

    [Test]
    public void A_vector_without_slot_names_has_numbered_values()
    {
        var space = ObservationSpace.OfColumns(ObservationColumn.Vector("Demand", length: 2), ObservationColumn.Text("Only", "one"));

        Assert.That(space.Names, Is.EqualTo(new[] { "Demand.0", "Demand.1", "Only" }));
        Assert.That(space.Low, Is.EqualTo(new[] { float.NegativeInfinity, float.NegativeInfinity, 0 }));
        Assert.That(space.High, Is.EqualTo(new[] { float.PositiveInfinity, float.PositiveInfinity, 0 }));
        Assert.That(space.Columns[0].SlotNames, Is.Empty);
    }

    [Test]
    public void A_plain_space_has_no_columns()
    {
        Assert.That(ObservationSpace.Unbounded(2).Columns, Is.Empty);
        Assert.That(ObservationSpace.Box([0], [1], "one").Columns, Is.Empty);
    }

    [Test]
    public void Invalid_columns_are_refused_by_name()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => ObservationColumn.Number(""), Throws.ArgumentException);
            Assert.That(() => ObservationColumn.Number("Stock", 1, 1), Refusal("column 'Stock'", "[1, 1]"));
            Assert.That(() => ObservationColumn.Number("Stock", float.NaN, 1), Refusal("column 'Stock'", "NaN"));
            Assert.That(() => ObservationColumn.Vector("Demand", [], []), Refusal("column 'Demand'", "at least one dimension"));
            Assert.That(() => ObservationColumn.Vector("Demand", [0, 0], [1]), Refusal("column 'Demand'", "2 and 1"));
            Assert.That(() => ObservationColumn.Vector("Demand", [0, 0], [1, 1], "north"), Refusal("1 names", "2 dimensions"));
            Assert.That(() => ObservationColumn.Vector("Demand", length: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => ObservationColumn.Text("Weekday"), Throws.ArgumentException);
            Assert.That(() => ObservationColumn.Text("Weekday", "Mon", "Mon"), Refusal("'Mon'", "twice"));
            Assert.That(() => ObservationColumn.Key("Season", "low", ""), Refusal("name", "empty"));
        });
    }

    [Test]
    public void Columns_with_conflicting_names_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => ObservationSpace.OfColumns(), Refusal("at least one", "column"));
            Assert.That(() => ObservationSpace.OfColumns(ObservationColumn.Number("A"), ObservationColumn.Text("A", "a")), Refusal("Two columns", "'A'"));
            Assert.That(() => ObservationSpace.OfColumns(ObservationColumn.Number("A.0"), ObservationColumn.Vector("A", length: 1)), Refusal("'A.0'", "twice"));
            Assert.That(() => ObservationSpace.OfColumns(ObservationColumn.Number("A"), null!), Throws.ArgumentNullException);
        });
    }

    [Test]
    public void A_policy_takes_one_vector()
    {
        Assert.That(() => new PolicyMetadata(TypedRow.Space, ActionSpace.Discrete(2), []), Refusal("one vector", "Weekday"));
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Refusal(string offender, string reason) =>
        Throws.ArgumentException.With.Message.Contains(offender).And.Message.Contains(reason);
}
