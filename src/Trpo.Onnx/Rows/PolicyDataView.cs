using Microsoft.ML;
using Trpo.Onnx.Interop;

namespace Trpo.Onnx.Rows;

/// <summary>The rows of a view with the policy's outputs. Only active columns are computed.</summary>
/// <param name="source">The view that the policy reads.</param>
/// <param name="mapper">The policy and its columns.</param>
/// <param name="transformer">The transformer that made this view.</param>
/// <param name="write">Adds the policy to the graph of ML.NET's converter.</param>
internal sealed class PolicyDataView(IDataView source, PolicyRowMapper mapper, ITransformer transformer, Action<ConverterGraph> write) : ConvertibleDataView(source, transformer)
{
    public override bool CanShuffle => Source.CanShuffle;

    public override DataViewSchema Schema => mapper.OutputSchema;

    protected override DataViewSchema.Column Input => mapper.Observation;

    public override long? GetRowCount() => Source.GetRowCount();

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var needed = columnsNeeded.ToList();
        return Cursor(needed, Source.GetRowCursor(mapper.GetDependencies(needed), rand));
    }

    public override DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var needed = columnsNeeded.ToList();
        var cursors = Source.GetRowCursorSet(mapper.GetDependencies(needed), n, rand);
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

    protected override void Write(ConverterGraph graph) => write(graph);

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
