using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Onnx.Rows;

/// <summary>The rows of the input with the output's schema, if no output of the policy is active.</summary>
internal sealed class PassThroughCursor(PolicyRowMapper mapper, IReadOnlyList<DataViewSchema.Column> active, DataViewRowCursor source) : DataViewRowCursor
{
    private readonly HashSet<int> _active = [.. active.Select(column => column.Index)];
    private bool _disposed;

    public override DataViewSchema Schema => mapper.OutputSchema;

    public override long Position => source.Position;

    public override long Batch => source.Batch;

    public override ValueGetter<DataViewRowId> GetIdGetter() => source.GetIdGetter();

    public override bool IsColumnActive(DataViewSchema.Column column) => _active.Contains(column.Index);

    public override bool MoveNext() => source.MoveNext();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
        ? source.GetGetter<TValue>(mapper.InputSchema[column.Index])
        : throw new ArgumentException($"The column '{column.Name}' is not active.", nameof(column));

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_disposed)
        {
            _disposed = true;
            source.Dispose();
        }

        base.Dispose(disposing);
    }
}
