using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>A scored view and its cursors keep what every view of ML.NET's keeps.</summary>
public sealed class CursorMannersTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly PolicyTransformer _policy = Support.Policies.Transformer(Support.Policies.Choices);

    [OneTimeTearDown]
    public void DisposePolicy() => _policy.Dispose();

    [Test]
    public void Position_batch_and_id_are_the_sources([Values("", "Id", "Score", "Action Id Observation Score")] string columns)
    {
        var source = new WatchedView(View(40));
        var view = _policy.Transform(source);
        using var plain = source.GetRowCursor([]);
        using var cursor = view.GetRowCursor(columns.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(name => view.Schema[name]));
        var (plainId, id) = (plain.GetIdGetter(), cursor.GetIdGetter());

        Assert.That((cursor.Position, cursor.Batch), Is.EqualTo((-1, plain.Batch)));
        while (plain.MoveNext())
        {
            DataViewRowId expected = default, actual = default;
            Assert.That(cursor.MoveNext(), Is.True);
            plainId(ref expected);
            id(ref actual);
            Assert.That((cursor.Position, cursor.Batch, actual), Is.EqualTo((plain.Position, plain.Batch, expected)));
        }

        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(cursor.MoveNext(), Is.False);
        Assert.That(cursor.Position, Is.EqualTo(-1));
    }

    [Test]
    public void Only_requested_rows_and_columns_are_read()
    {
        var source = new WatchedView(View(5));
        var view = _policy.Transform(source);
        string[] Read(params string[] names)
        {
            using var cursor = view.GetRowCursor(names.Select(name => view.Schema[name]));
            Assert.That(view.Schema.Where(cursor.IsColumnActive).Select(column => column.Name), Is.EquivalentTo(names.Distinct()));
            return source.Columns;
        }

        Assert.Multiple(() =>
        {
            Assert.That(Read(), Is.Empty);
            Assert.That(Read("Id"), Is.EqualTo(new[] { "Id" }));
            Assert.That(Read("Score"), Is.EqualTo(new[] { "Observation" }));
            Assert.That(Read("Action", "Observation"), Is.EqualTo(new[] { "Observation" }));
            Assert.That(Read("Score", "Id", "Score", "Id"), Is.EquivalentTo(new[] { "Observation", "Id" }), "a column may be asked for twice");
        });
    }

    [Test]
    public void Inactive_columns_and_other_types_are_refused()
    {
        var view = _policy.Transform(View(5));
        foreach (var column in new[] { "Id", "Score" })
        {
            using var cursor = view.GetRowCursor([view.Schema[column]]);
            Assert.That(() => cursor.GetGetter<uint>(view.Schema["Action"]), Throws.ArgumentException.With.Message.Contains("'Action'"));
            Assert.That(() => cursor.GetGetter<double>(view.Schema[column]), Throws.InvalidOperationException);
        }
    }

    [Test]
    public void Every_getter_throws_before_the_first_row_and_after_the_last()
    {
        var view = _policy.Transform(View(20));
        using var cursor = view.GetRowCursor(view.Schema);
        var (id, score, action, observation, number) = (cursor.GetIdGetter(), cursor.GetGetter<VBuffer<float>>(view.Schema["Score"]), cursor.GetGetter<uint>(view.Schema["Action"]), cursor.GetGetter<VBuffer<float>>(view.Schema["Observation"]), cursor.GetGetter<float>(view.Schema["Id"]));
        void AssertRefused()
        {
            DataViewRowId idValue = default;
            VBuffer<float> vector = default;
            uint key = 0;
            float value = 0;
            Action[] reads = [() => id(ref idValue), () => score(ref vector), () => action(ref key), () => observation(ref vector), () => number(ref value)];
            foreach (var read in reads)
                Assert.That(read, Throws.InvalidOperationException);
        }

        AssertRefused();
        while (cursor.MoveNext())
        {
        }

        AssertRefused();
        cursor.Dispose();
        AssertRefused();
    }

    [Test]
    public void Shuffling_is_left_to_the_source([Values] bool canShuffle)
    {
        var source = new WatchedView(View(5), canShuffle);
        var view = _policy.Transform(source);
        var random = new Random(3);
        view.GetRowCursor(view.Schema, random).Dispose();
        Assert.That(source.Random, Is.SameAs(random));
        foreach (var cursor in view.GetRowCursorSet(view.Schema, 2, random))
            cursor.Dispose();

        Assert.That(source.Random, Is.SameAs(random));
        Assert.That(view.CanShuffle, Is.EqualTo(canShuffle));
        Assert.That(view.GetRowCount(), Is.EqualTo(12), "what the source says");
    }

    [Test]
    public void Ids_distinguish_shuffled_rows()
    {
        var view = _policy.Transform(_ml.Data.ShuffleRows(_ml.Data.Cache(View(500)), seed: 2));
        var ids = new HashSet<DataViewRowId>();
        using var cursor = view.GetRowCursor([view.Schema["Action"]], new Random(4));
        var getter = cursor.GetIdGetter();
        while (cursor.MoveNext())
        {
            DataViewRowId id = default;
            getter(ref id);
            ids.Add(id);
        }

        Assert.That(ids, Has.Count.EqualTo(500));
    }

    [Test]
    public void Returned_objects_are_not_overwritten()
    {
        var row = new ReusingRow();
        var buffer = Trpo.Onnx.Rows.ColumnBuffer.For(row, row.Schema[0], capacity: 1);
        var getter = (ValueGetter<ReusingRow.Holder>)buffer.Getter(() => 0);
        var read = new List<ReusingRow.Holder>();
        for (row.Number = 0; row.Number < 3; row.Number++)
        {
            ReusingRow.Holder value = null!;
            buffer.Store(0);
            getter(ref value);
            read.Add(value);
        }

        Assert.That(read.Select(holder => holder.Number), Is.EqualTo(new[] { 0, 1, 2 }));
    }

    private IDataView View(int rows) => Support.Policies.View(_ml, Support.Policies.Observations(rows));

    /// <summary>A row that writes into the object that it is given, as image loaders may.</summary>
    private sealed class ReusingRow : DataViewRow
    {
        public int Number { get; set; }

        public override DataViewSchema Schema { get; } = Build();

        public override long Position => Number;

        public override long Batch => 0;

        public override ValueGetter<DataViewRowId> GetIdGetter() => throw new NotSupportedException("These rows have no ids.");

        public override bool IsColumnActive(DataViewSchema.Column column) => true;

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => (ValueGetter<TValue>)(Delegate)(ValueGetter<Holder>)((ref Holder value) =>
        {
            value ??= new Holder();
            value.Number = Number;
        });

        private static DataViewSchema Build()
        {
            var builder = new DataViewSchema.Builder();
            builder.AddColumn("Holder", new HolderType());
            return builder.ToSchema();
        }

        internal sealed class Holder
        {
            public int Number { get; set; }
        }

        private sealed class HolderType() : StructuredDataViewType(typeof(Holder))
        {
            public override bool Equals(DataViewType? other) => other is HolderType;
        }
    }
}
