using Microsoft.ML;
using Microsoft.ML.Data;

namespace Trpo.Tests.Logs;

/// <summary>A row of a log of decisions.</summary>
internal sealed record Decision
{
    public float[] Observation { get; set; } = [];

    public int Action { get; set; }

    public string Name { get; set; } = "";

    public double Probability { get; set; }

    public double LogProbability { get; set; }

    public double Reward { get; set; }

    public float[] Eligible { get; set; } = [];

    public int Episode { get; set; }

    public double Step { get; set; }

    /// <summary>Creates the view of a log. All rows have vectors of the same lengths.</summary>
    public static IDataView View(MLContext ml, IReadOnlyList<Decision> rows)
    {
        var schema = SchemaDefinition.Create(typeof(Decision));
        schema[nameof(Observation)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].Observation.Length);
        schema[nameof(Eligible)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, Math.Max(1, rows[0].Eligible.Length));
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    /// <summary>The rows of a fixture, their policies in the same order.</summary>
    public static Decision[] Of(LogFixture log) => [.. log.Actions.Select((action, i) => new Decision
    {
        Observation = log.Context[i],
        Action = action,
        Probability = log.Propensities[i],
        Reward = log.Rewards[i],
        Eligible = log.Eligible?[i] ?? [],
    })];
}
