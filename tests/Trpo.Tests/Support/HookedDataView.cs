using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Tests.Support;

/// <summary>A view of another view's rows that calls delegates when a cursor is opened and when it advances.</summary>
/// <param name="source">The other view.</param>
/// <param name="open">Opens a cursor over the source, given the delegate that does so; null opens it directly.</param>
/// <param name="moveNext">Advances a cursor over the source; null advances it directly.</param>
public sealed class HookedDataView(IDataView source, Func<Func<DataViewRowCursor>, DataViewRowCursor>? open = null, Func<DataViewRowCursor, bool>? moveNext = null) : IDataView
{
    public bool CanShuffle => false;

    public DataViewSchema Schema => source.Schema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        DataViewRowCursor Open() => source.GetRowCursorSet(columnsNeeded, 1)[0];
        return new Cursor(open is null ? Open() : open(Open), moveNext ?? (cursor => cursor.MoveNext()));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) => [GetRowCursor(columnsNeeded, rand)];

    private sealed class Cursor(DataViewRowCursor source, Func<DataViewRowCursor, bool> moveNext) : DataViewRowCursor
    {
        public override DataViewSchema Schema => source.Schema;

        public override long Position => source.Position;

        public override long Batch => source.Batch;

        public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => source.IsColumnActive(column);

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => source.GetGetter<TValue>(column);

        public override bool MoveNext() => moveNext(source);

        protected override void Dispose(bool disposing)
        {
            if (disposing)
                source.Dispose();
            base.Dispose(disposing);
        }
    }
}
