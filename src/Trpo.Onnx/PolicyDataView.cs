using Microsoft.ML;

namespace Trpo.Onnx;

/// <summary>The rows of a view with the policy's action and score; nothing is computed that is not asked for.</summary>
internal sealed class PolicyDataView(IDataView source, PolicyRowMapper mapper) : IDataView
{
    public bool CanShuffle => source.CanShuffle;

    public DataViewSchema Schema => mapper.OutputSchema;

    public long? GetRowCount() => source.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        ArgumentNullException.ThrowIfNull(columnsNeeded);
        var needed = columnsNeeded.ToList();
        var passed = mapper.PassedThrough(needed).ToList();
        if (!needed.Any(mapper.IsComputed))
            return new PolicyCursor(mapper, needed, source.GetRowCursor(passed, rand), ahead: null);

        // One cursor passes the input on, the other runs ahead with the observations alone, to be scored in batches.
        // Two generators with one seed shuffle both the same way.
        var seed = rand?.Next();
        var current = source.GetRowCursor(passed, Seeded(seed));
        try
        {
            return new PolicyCursor(mapper, needed, current, new LookAhead(mapper, source.GetRowCursor([mapper.Observation], Seeded(seed))));
        }
        catch
        {
            current.Dispose();
            throw;
        }
    }

    // One cursor may stand for the set; a batch keeps a core busy, and the source may still read on several threads.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];

    private static Random? Seeded(int? seed) => seed is { } value ? new Random(value) : null;
}
