using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Tests.Support;

/// <summary>A view that wraps another one and counts the cursors that are opened and disposed. A cursor set has two cursors.</summary>
internal sealed class WatchedView(IDataView view, bool canShuffle = false) : IDataView
{
    private int _opened;
    private int _disposed;

    public int Opened => _opened;

    public int Disposed => _disposed;

    /// <summary>Gets the source of randomness with which the last cursor was asked to shuffle.</summary>
    public Random? Random { get; private set; }

    /// <summary>The columns that the last cursor was opened with.</summary>
    public string[] Columns { get; private set; } = [];

    public bool CanShuffle => canShuffle;

    public DataViewSchema Schema => view.Schema;

    public long? GetRowCount() => 12;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        Random = rand;
        Columns = [.. columnsNeeded.Select(column => column.Name)];
        Interlocked.Increment(ref _opened);
        return new Cursor(this, view.GetRowCursor(columnsNeeded));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [.. Enumerable.Range(0, Math.Min(n, 2)).Select(_ => GetRowCursor(columnsNeeded, rand))];

    private sealed class Cursor(WatchedView view, DataViewRowCursor cursor) : DataViewRowCursor
    {
        public override DataViewSchema Schema => cursor.Schema;

        public override long Position => cursor.Position;

        public override long Batch => 7 + (cursor.Position / 5);

        public override ValueGetter<DataViewRowId> GetIdGetter() => cursor.GetIdGetter();

        public override bool IsColumnActive(DataViewSchema.Column column) => cursor.IsColumnActive(column);

        public override bool MoveNext() => cursor.MoveNext();

        public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => cursor.GetGetter<TValue>(column);

        protected override void Dispose(bool disposing)
        {
            Interlocked.Increment(ref view._disposed);
            cursor.Dispose();
            base.Dispose(disposing);
        }
    }
}
