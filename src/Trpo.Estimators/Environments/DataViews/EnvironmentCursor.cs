using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Rows;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>A cursor over the columns of an <see cref="EnvironmentDataView"/>. Values and ids are read on a row only: before the first and behind the last there is none.</summary>
/// <param name="columns">The columns.</param>
/// <param name="active">The indices of the columns that can be read.</param>
/// <param name="rows">The rows, which the cursor disposes.</param>
internal sealed class EnvironmentCursor(EnvironmentColumns columns, IReadOnlySet<int> active, IObservationRows rows) : DataViewRowCursor, IObservationRows
{
    private long _position = -1;
    private long _count;
    private bool _hasEnded;
    private bool _isDisposed;

    /// <inheritdoc/>
    /// <exception cref="InvalidOperationException">The cursor is on no row.</exception>
    public ReadOnlySpan<float> Current => _position >= 0 ? rows.Current : throw OutsideRows();

    public override DataViewSchema Schema => columns.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = _position >= 0 ? new DataViewRowId((ulong)_position, 0) : throw OutsideRows();

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    public override bool MoveNext()
    {
        // A row that cannot be computed is none, and the next call tries again, so that a failure does not pass for the end.
        _position = -1;
        if (_hasEnded || !rows.MoveNext())
        {
            _hasEnded = true;
            return false;
        }

        _position = _count++;
        return true;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentException($"The column '{column.Name}' is not active.", nameof(column));
        return DataViewColumns.CastGetter<TValue>(columns.Getter(column.Index, this), column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            (_isDisposed, _hasEnded, _position) = (true, true, -1);
            rows.Dispose();
        }

        base.Dispose(disposing);
    }

    private static InvalidOperationException OutsideRows() => new("The cursor is before the first row or after the last.");
}
