using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;

namespace Trpo.Estimators.Environments;

/// <summary>A cursor over the one column of an <see cref="EnvironmentDataView"/>.</summary>
internal sealed class EnvironmentCursor(DataViewSchema schema, bool active, IObservationRows rows) : DataViewRowCursor
{
    private long _position = -1;

    public override DataViewSchema Schema => schema;

    public override long Position => _position;

    public override long Batch => 0;

    public override ValueGetter<DataViewRowId> GetIdGetter() => (ref DataViewRowId id) => id = new DataViewRowId((ulong)_position, 0);

    public override bool IsColumnActive(DataViewSchema.Column column) => active && column.Index == 0;

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
        ValueGetter<VBuffer<float>> getter = (ref VBuffer<float> value) => rows.Current.CopyTo(PolicySchema.Dense(ref value, rows.Current.Length));
        return getter.As<TValue>(column);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            rows.Dispose();
        base.Dispose(disposing);
    }
}
