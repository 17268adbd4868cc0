using Microsoft.ML;

namespace Trpo.Onnx.Rows;

/// <summary>The rows of a view with the policy's outputs. Only active columns are computed.</summary>
internal sealed class PolicyDataView(IDataView source, PolicyRowMapper mapper) : IDataView
{
    /// <summary>The view that the policy reads.</summary>
    public IDataView Source => source;

    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var needed = columnsNeeded.ToList();
        return Cursor(needed, source.GetRowCursor(mapper.GetDependencies(needed), rand));
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var needed = columnsNeeded.ToList();
        var cursors = source.GetRowCursorSet(mapper.GetDependencies(needed), n, rand);
        var scored = new List<DataViewRowCursor>(cursors.Length);
        try
        {
            foreach (var cursor in cursors)
                scored.Add(Cursor(needed, cursor));
        }
        catch
        {
            // The cursors may wait for each other to be read; the one that failed is disposed already.
            foreach (var cursor in scored.Concat(cursors.Skip(scored.Count + 1)))
                cursor.Dispose();
            throw;
        }

        return [.. scored];
    }

    private DataViewRowCursor Cursor(IReadOnlyList<DataViewSchema.Column> needed, DataViewRowCursor cursor)
    {
        try
        {
            return needed.Any(mapper.IsComputed) ? new PolicyCursor(mapper, needed, cursor) : new PassThroughCursor(mapper, needed, cursor);
        }
        catch
        {
            cursor.Dispose();
            throw;
        }
    }
}
