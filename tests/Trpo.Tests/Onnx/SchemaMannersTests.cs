using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>The columns of a policy beside, over and under columns of the same names.</summary>
public sealed class SchemaMannersTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];

    private static readonly PolicyColumns[] Names =
    [
        new(), new(Action: "Push", Score: "Odds"), new(Action: "Id"), new(Score: "Id"), new(Action: "Observation"), new(Score: "Observation"), new(Action: "Observation", Score: "Id"),
        new() { Probability = "Id", LogProbability = "Observation" },
    ];

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void The_three_ways_to_ask_for_the_schema_agree([ValueSource(nameof(Spaces))] ActionSpace space, [ValueSource(nameof(Names))] PolicyColumns columns)
    {
        using var policy = Policy(space, columns);
        var view = View(3);
        var promised = SchemaText.Describe(policy.GetOutputSchema(view.Schema));

        Assert.That(SchemaText.Describe(policy.Transform(view).Schema), Is.EqualTo(promised));
        Assert.That(SchemaText.Describe(policy.GetRowToRowMapper(view.Schema).OutputSchema), Is.EqualTo(promised));
        Assert.That(promised, Has.Length.EqualTo(2 + columns.Outputs.Count()), "a column that is hidden stays");
    }

    [Test]
    public void Reading_by_name_returns_the_columns_of_the_policy([ValueSource(nameof(Spaces))] ActionSpace space, [ValueSource(nameof(Names))] PolicyColumns columns)
    {
        using var plain = Policy(space, new());
        using var policy = Policy(space, columns);
        var (expected, view) = (plain.Transform(View(40)), policy.Transform(View(40)));

        Assert.That(view.GetColumn<float[]>(columns.Score), Is.EqualTo(expected.GetColumn<float[]>("Score")));
        if (space is DiscreteActionSpace)
            Assert.That(view.GetColumn<uint>(columns.Action), Is.EqualTo(expected.GetColumn<uint>("Action")));
        else
            Assert.That(view.GetColumn<float[]>(columns.Action), Is.EqualTo(expected.GetColumn<float[]>("Action")));
    }

    [Test]
    public void Keys_and_slots_have_the_names_of_the_space([ValueSource(nameof(Spaces))] ActionSpace space)
    {
        using var policy = Policy(space, new(Action: "Push", Score: "Observation"));
        var schema = policy.Transform(View(1)).Schema;

        Assert.That(SchemaText.SlotNames(schema["Observation"]), Is.EqualTo(space.ScoreNames));
        Assert.That(space is DiscreteActionSpace ? SchemaText.KeyValues(schema["Push"]) : SchemaText.SlotNames(schema["Push"]), Is.EqualTo(space.Names));
    }

    [Test]
    public void Hidden_columns_pass_through()
    {
        using var policy = Policy(Support.Policies.Choices, new(Action: "Observation", Score: "Id"));
        var view = policy.Transform(View(300));
        var hidden = view.Schema.Single(column => column.Name == "Id" && column.IsHidden);
        var (ids, keys) = (new List<float>(), new List<uint>());
        using var cursor = view.GetRowCursor([hidden, view.Schema["Observation"]]);
        var (id, key) = (cursor.GetGetter<float>(hidden), cursor.GetGetter<uint>(view.Schema["Observation"]));
        while (cursor.MoveNext())
        {
            var (idValue, keyValue) = (0f, 0u);
            id(ref idValue);
            key(ref keyValue);
            ids.Add(idValue);
            keys.Add(keyValue);
        }

        Assert.That(ids, Is.EqualTo(Enumerable.Range(0, 300)));
        Assert.That(keys, Is.EqualTo(Expected(300)));
    }

    [Test]
    public void Columns_that_were_made_of_a_hidden_one_keep_their_values()
    {
        using var policy = Policy(Support.Policies.Choices, new(Score: "Id"));
        var view = _ml.Transforms.CopyColumns("Number", "Id").Append(_ml.Transforms.Concatenate("Both", "Observation", "Id")).Fit(View(40)).Transform(View(40));
        var scored = policy.Transform(view);

        Assert.That(scored.GetColumn<float>("Number"), Is.EqualTo(Enumerable.Range(0, 40)));
        Assert.That(scored.GetColumn<float[]>("Both").Select(values => values[4]), Is.EqualTo(Enumerable.Range(0, 40)));
        Assert.That(scored.GetColumn<float[]>("Id").Select(score => score.Length), Is.All.EqualTo(3));
    }

    [Test]
    public void The_column_that_is_read_is_the_last_of_its_name()
    {
        using var policy = Policy(Support.Policies.Choices, new());
        using var renamed = Policy(Support.Policies.Choices, new("Features"));
        var halved = _ml.Transforms.CustomMapping<Seen, Seen>((seen, other) => other.Observation = [.. seen.Observation.Select(value => -value)], contractName: null).Fit(View(40)).Transform(View(40));
        var copied = _ml.Transforms.CopyColumns("Features", "Observation").Fit(halved).Transform(halved);
        var negative = Support.Policies.View(_ml, Support.Policies.Observations(40).Select(row => row.Select(value => -value).ToArray()));

        Assert.That(halved.Schema.Count(column => column.Name == "Observation"), Is.EqualTo(2));
        Assert.That(policy.Transform(halved).GetColumn<uint>("Action"), Is.EqualTo(policy.Transform(negative).GetColumn<uint>("Action")));
        Assert.That(renamed.Transform(copied).GetColumn<uint>("Action"), Is.EqualTo(policy.Transform(negative).GetColumn<uint>("Action")));
    }

    [Test]
    public void Two_policies_can_be_in_one_chain()
    {
        using var first = Policy(Support.Policies.Choices, new());
        using var second = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Vectors, seed: 5), new());
        var view = first.Append(second).Transform(View(40));

        Assert.That(view.Schema.Where(column => column.IsHidden).Select(column => column.Index), Is.EqualTo(new[] { 2, 3 }));
        Assert.That(view.GetColumn<float[]>("Action"), Is.EqualTo(second.Transform(View(40)).GetColumn<float[]>("Action")));
    }

    [Test]
    public void A_model_file_keeps_the_schema([ValueSource(nameof(Spaces))] ActionSpace space, [ValueSource(nameof(Names))] PolicyColumns columns)
    {
        using var policy = Policy(space, columns);
        var view = View(3);
        using var file = new MemoryStream();
        _ml.Model.Save(policy, view.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out var schema);

        Assert.That(SchemaText.Describe(loaded.GetOutputSchema(view.Schema)), Is.EqualTo(SchemaText.Describe(policy.GetOutputSchema(view.Schema))));
        Assert.That(SchemaText.Describe(schema), Is.EqualTo(SchemaText.Describe(view.Schema)));
        ((IDisposable)loaded).Dispose();
    }

    [Test]
    public void Dependencies_are_listed_once()
    {
        using var policy = Policy(Support.Policies.Choices, new(Score: "Observation"));
        var mapper = policy.GetRowToRowMapper(View(1).Schema);
        string[] Needed(params DataViewSchema.Column[] columns) => [.. mapper.GetDependencies(columns).Select(column => column.Name)];
        var (hidden, id, action, score) = (mapper.OutputSchema[0], mapper.OutputSchema[1], mapper.OutputSchema[2], mapper.OutputSchema[3]);

        Assert.Multiple(() =>
        {
            Assert.That(Needed(), Is.Empty);
            Assert.That(Needed(id, id), Is.EqualTo(new[] { "Id" }));
            Assert.That(Needed(action, score), Is.EqualTo(new[] { "Observation" }));
            Assert.That(Needed(hidden, score), Is.EqualTo(new[] { "Observation" }));
            Assert.That(Needed(action, id, action), Is.EquivalentTo(new[] { "Observation", "Id" }));
        });
    }

    [Test]
    public void A_row_of_another_schema_is_refused()
    {
        using var policy = Policy(Support.Policies.Choices, new());
        var mapper = policy.GetRowToRowMapper(View(1).Schema);
        using var row = View(1).GetRowCursor([]);

        Assert.That(() => mapper.GetRow(row, [mapper.OutputSchema["Action"]]), Throws.ArgumentException.With.Message.Contains("schema"));
    }

    private static PolicyTransformer Policy(ActionSpace space, PolicyColumns columns) => new(Support.Policies.Onnx(space), columns);

    private IDataView View(int rows) => Support.Policies.View(_ml, Support.Policies.Observations(rows));

    private List<uint> Expected(int rows)
    {
        using var policy = Policy(Support.Policies.Choices, new());
        return [.. policy.Transform(View(rows)).GetColumn<uint>("Action")];
    }

    private sealed class Seen
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }
}
