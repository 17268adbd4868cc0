using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx.Rows;

namespace Trpo.Estimators.Environments.DataViews;

/// <summary>A cursor over the columns of an <see cref="EnvironmentDataView"/>.</summary>
/// <param name="columns">The columns.</param>
/// <param name="active">The indices of the columns that can be read.</param>
/// <param name="rows">The rows, which the cursor disposes.</param>
internal sealed class EnvironmentCursor(EnvironmentColumns columns, IReadOnlySet<int> active, IObservationRows rows) : DataViewRowCursor
{
    private long _position = -1;

    public override DataViewSchema Schema => columns.Schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => active.Contains(column.Index);

    public override bool MoveNext()
    {
        if (rows.MoveNext())
        {
            _position++;
            return true;
        }

        _position = -1;
        return false;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentException($"The column '{column.Name}' is not active.", nameof(column));
        return DataViewColumns.CastGetter<TValue>(columns.Getter(column.Index, rows), column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            rows.Dispose();
        base.Dispose(disposing);
    }
}
