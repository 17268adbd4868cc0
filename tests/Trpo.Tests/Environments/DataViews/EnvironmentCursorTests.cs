using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.DataViews;

/// <summary>A cursor over an environment keeps what every cursor of ML.NET's keeps, over the table of a random policy, kept or not, and over the rows of a training.</summary>
public sealed class EnvironmentCursorTests
{
    private const int Rows = 12;

    private static readonly ObservationSpace Columns = ObservationSpace.OfColumns(
        ObservationColumn.Number("Number"), ObservationColumn.Vector("Vector", [0, 0], [1, 1]), ObservationColumn.Text("Text", "a", "b", "c"), ObservationColumn.Key("Key", "x", "y"));

    private readonly MLContext _ml = new(seed: 1);
    private int _disposed;

    [Test]
    public void Values_and_ids_are_read_on_rows_only([Values] bool isOfSet, [Values] bool isTransformed)
    {
        var view = isTransformed ? _ml.Transforms.CopyColumns("Copy", "Number").Fit(View()).Transform(View()) : View();
        using var cursor = isOfSet ? view.GetRowCursorSet(view.Schema, isTransformed ? 1 : 4).Single() : view.GetRowCursor(view.Schema);
        var reads = Reads(cursor);
        void AssertOutside()
        {
            Assert.That(cursor.Position, Is.EqualTo(-1));
            foreach (var read in reads)
                Assert.That(read, Throws.InvalidOperationException);
        }

        AssertOutside();
        for (var row = 0; row < Rows; row++)
        {
            Assert.That(cursor.MoveNext(), Is.True);
            Assert.That((cursor.Position, cursor.Batch), Is.EqualTo((row, 0)));
            foreach (var read in reads)
                Assert.That(read, Throws.Nothing);
        }

        for (var i = 0; i < 3; i++)
        {
            Assert.That(cursor.MoveNext(), Is.False);
            AssertOutside();
        }
    }

    [Test]
    public void A_disposed_cursor_has_no_rows([Values(0, 1, Rows)] int read, [Values] bool isOfSet)
    {
        var view = View();
        var cursor = isOfSet ? view.GetRowCursorSet(view.Schema, 2).Single() : view.GetRowCursor(view.Schema);
        var reads = Reads(cursor);
        for (var row = 0; row < read; row++)
            cursor.MoveNext();
        cursor.Dispose();

        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(cursor.Position, Is.EqualTo(-1));
        foreach (var value in reads.Concat(Reads(cursor)))
            Assert.That(value, Throws.InvalidOperationException);
        Assert.That(cursor.Dispose, Throws.Nothing);
        Assert.That(_ml.Data.CreateEnumerable<Row>(view, reuseRowObject: false).Count(), Is.EqualTo(Rows), "another cursor reads all rows");
    }

    [Test]
    public void Ids_are_those_of_the_positions()
    {
        var view = View();
        using var cursor = view.GetRowCursor([]);
        var getter = cursor.GetIdGetter();
        for (var row = 0; cursor.MoveNext(); row++)
        {
            DataViewRowId id = default;
            getter(ref id);
            Assert.That(id, Is.EqualTo(new DataViewRowId((ulong)row, 0)));
        }
    }

    [Test]
    public void Inactive_columns_and_other_types_are_refused()
    {
        var view = View();
        using var cursor = view.GetRowCursor([view.Schema["Number"], view.Schema["Text"]]);

        Assert.That(view.Schema.Where(cursor.IsColumnActive).Select(column => column.Name), Is.EqualTo(new[] { "Number", "Text" }));
        Assert.That(() => cursor.GetGetter<uint>(view.Schema["Key"]), Throws.ArgumentException.With.Message.Contains("'Key'"));
        Assert.That(() => cursor.GetGetter<double>(view.Schema["Number"]), Throws.InvalidOperationException.With.Message.Contains("'Number'"));
        Assert.That(() => cursor.GetGetter<string>(view.Schema["Text"]), Throws.InvalidOperationException.With.Message.Contains("'Text'"));
    }

    [Test]
    public void A_cursor_that_is_disposed_twice_closes_its_rows_once([Values] bool isKept)
    {
        var view = new EnvironmentDataView(_ml, () => new HookedEnvironment(new ColumnsEnvironment(Columns, ActionSpace.Discrete("a", "b")), _ => { }, () => _disposed++), 1, null, isKept ? Rows : int.MaxValue, 0, 100, new SteppingOptions(), CancellationToken.None);
        _disposed = 0;
        var first = view.GetRowCursor(view.Schema);
        using var second = view.GetRowCursor(view.Schema);
        Assert.That(first.MoveNext() && second.MoveNext(), Is.True);
        first.Dispose();
        first.Dispose();

        Assert.That(second.MoveNext(), Is.True, "the other reader's rows are not closed with it");
        second.Dispose();
        second.Dispose();
        Assert.That(_disposed, Is.EqualTo(isKept ? 1 : 2), "a table that is kept has one environment, another one for each reader");
    }

    [Test]
    public void A_row_that_cannot_be_computed_is_none()
    {
        var fails = true;
        var view = _ml.ReinforcementLearning.LoadFromEnvironment(() => new HookedEnvironment(new ColumnsEnvironment(Columns, ActionSpace.Discrete("a", "b")), call =>
        {
            if (call == 3 && fails)
                throw new IOException("The line is dead.");
        }), rows: Rows);
        using var cursor = view.GetRowCursor(view.Schema);
        var reads = Reads(cursor);
        for (var row = 0; row < 3; row++)
            cursor.MoveNext();

        for (var i = 0; i < 2; i++)
        {
            Assert.That(cursor.MoveNext, Throws.TypeOf<EnvironmentException>().With.Message.Contains("The line is dead."), "a failure does not pass for the end");
            Assert.That(cursor.Position, Is.EqualTo(-1));
            Assert.That(reads[0], Throws.InvalidOperationException);
        }

        fails = false;
        using var next = view.GetRowCursor(view.Schema);
        Assert.That(Enumerable.Range(0, Rows).All(_ => next.MoveNext()), Is.True);
    }

    [Test]
    public void The_rows_of_a_training_keep_to_the_same_laws()
    {
        var environment = View();
        using var vector = new VectorEnvironment(environment.Specification, count: 1);
        vector.Reset(0, 1);
        var rows = new LockStepRows();
        var cursor = environment.OpenLockStep(rows, () => environment.GetRowCursorSet(environment.Schema, 1))[0];
        var reads = Reads(cursor);

        Assert.That(reads[0], Throws.InvalidOperationException);
        for (var row = 0; row < 3; row++)
        {
            rows.Offer(vector, 0);
            Assert.That(cursor.MoveNext(), Is.True);
            Assert.That(cursor.Position, Is.EqualTo(row));
            Assert.That(reads[0], Throws.Nothing);
        }

        Assert.That(cursor.MoveNext(), Is.False, "a read out of turn ends the rows");
        rows.Offer(vector, 0);
        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(reads[0], Throws.InvalidOperationException);
        cursor.Dispose();
        Assert.That(cursor.Dispose, Throws.Nothing);
    }

    private static Action[] Reads(DataViewRowCursor cursor)
    {
        var (id, number, vector) = (cursor.GetIdGetter(), cursor.GetGetter<float>(cursor.Schema["Number"]), cursor.GetGetter<VBuffer<float>>(cursor.Schema["Vector"]));
        var (text, key) = (cursor.GetGetter<ReadOnlyMemory<char>>(cursor.Schema["Text"]), cursor.GetGetter<uint>(cursor.Schema["Key"]));
        DataViewRowId idValue = default;
        float numberValue = 0;
        VBuffer<float> vectorValue = default;
        ReadOnlyMemory<char> textValue = default;
        uint keyValue = 0;
        return [() => id(ref idValue), () => number(ref numberValue), () => vector(ref vectorValue), () => text(ref textValue), () => key(ref keyValue)];
    }

    private EnvironmentDataView View() => _ml.ReinforcementLearning.LoadFromEnvironment(() => new ColumnsEnvironment(Columns, ActionSpace.Discrete("a", "b")), count: 1, rows: Rows);

    private sealed class Row
    {
        public float Number { get; set; }
    }
}
