using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Tests.Logs.Candidates;

/// <summary>A row of a log of decisions among candidates.</summary>
internal sealed record CandidateRow
{
    public float[] Context { get; set; } = [];

    public float[] Features { get; set; } = [];

    public float[] Eligible { get; set; } = [];

    public string[] Ids { get; set; } = [];

    public int Action { get; set; }

    public double Probability { get; set; }

    public double Reward { get; set; }

    /// <summary>The observation of a policy: context, features and mask.</summary>
    public float[] Observation => [.. Context, .. Features, .. Eligible];

    /// <summary>Creates the view of a log. All rows have vectors of the same lengths.</summary>
    public static IDataView View(MLContext ml, IReadOnlyList<CandidateRow> rows)
    {
        var schema = SchemaDefinition.Create(typeof(CandidateRow));
        foreach (var (name, length) in new[] { (nameof(Context), rows[0].Context.Length), (nameof(Features), rows[0].Features.Length), (nameof(Eligible), rows[0].Eligible.Length) })
            schema[name].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Math.Max(1, length));
        schema[nameof(Ids)].ColumnType = new VectorDataViewType(TextDataViewType.Instance, Math.Max(1, rows[0].Ids.Length));
        return ml.Data.LoadFromEnumerable(rows, schema);
    }
}
