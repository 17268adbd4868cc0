using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Policies of several choices or switches at once, as ML.NET sees them.</summary>
public sealed class MultiActionTransformerTests
{
    private static readonly ActionSpace[] Spaces = [LiteralPolicies.Controls, LiteralPolicies.Switches];

    private readonly MLContext _ml = new(seed: 1);
    private DirectoryInfo _folder = null!;

    [SetUp]
    public void CreateFolder() => _folder = Directory.CreateTempSubdirectory("trpo-tests-");

    [TearDown]
    public void DeleteFolder() => _folder.Delete(recursive: true);

    [TestCaseSource(nameof(Spaces))]
    public void The_schema_is_two_named_vectors(ActionSpace space)
    {
        using var policy = Transformer(space);
        AssertSchema(policy.GetOutputSchema(View().Schema), space);
        AssertSchema(policy.Transform(View()).Schema, space);
    }

    [TestCaseSource(nameof(Spaces))]
    public void Views_and_prediction_engines_give_the_actions_of_the_table(ActionSpace space)
    {
        var (_, scores, actions) = LiteralPolicies.Of(space);
        using var policy = Transformer(space);
        using var engine = _ml.Model.CreatePredictionEngine<PolicyInput, VectorOutput>(policy);
        var rows = Rows(policy.Transform(View()));
        var predictions = LiteralPolicies.Observations.Select(observation => engine.Predict(new() { Observation = observation })).ToList();

        Assert.That(rows.Select(row => row.Action), Is.EqualTo(actions));
        Assert.That(rows.SelectMany(row => row.Score), Is.EqualTo(scores.SelectMany(score => score)).Within(1e-6f));
        Assert.That(predictions.Select(row => row.Action), Is.EqualTo(actions));
        Assert.That(predictions.SelectMany(row => row.Score), Is.EqualTo(scores.SelectMany(score => score)).Within(1e-6f));
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_NaN_feature_gives_a_missing_action_and_its_neighbours_theirs(ActionSpace space)
    {
        var (_, _, actions) = LiteralPolicies.Of(space);
        using var policy = Transformer(space);
        float[][] observations = [LiteralPolicies.Observations[0], [0, float.NaN, 0, 0], LiteralPolicies.Observations[2]];
        var rows = Rows(policy.Transform(Support.Policies.View(_ml, observations)));

        Assert.That(rows.Select(row => row.Action), Is.EqualTo(new[] { actions[0], [.. actions[1].Select(_ => float.NaN)], actions[2] }));
        Assert.That(rows[1].Score, Is.All.NaN);
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_model_file_gives_the_same_policy_back(ActionSpace space)
    {
        var (_, _, actions) = LiteralPolicies.Of(space);
        using var policy = Transformer(space);
        var path = Path.Combine(_folder.FullName, "model.zip");
        _ml.Model.Save(policy, View().Schema, path);
        var loaded = new MLContext().Model.Load(path, out var schema);

        AssertSchema(loaded.GetOutputSchema(schema), space);
        Assert.That(Rows(loaded.Transform(View())).Select(row => row.Action), Is.EqualTo(actions));
        Assert.That(PolicyChain.FromModel(loaded).Policy.Onnx.ToArray(), Is.EqualTo(policy.Onnx.ToArray()));
    }

    [TestCaseSource(nameof(Spaces))]
    public void Normalisers_in_front_become_part_of_the_graph(ActionSpace space)
    {
        var (onnx, scores, actions) = LiteralPolicies.Of(space);
        var path = Path.Combine(_folder.FullName, "policy.onnx");
        var raw = LiteralPolicies.Observations.Select(row => row.Select(value => 10 * value).ToArray()).ToList();
        var view = Support.Policies.View(_ml, raw);
        using var policy = new PolicyTransformer(onnx, new());
        _ml.ReinforcementLearning.ExportToOnnx(_ml.Transforms.NormalizeMinMax("Observation").Fit(view).Append(policy), path);
        using var session = PolicySession.Open(path);
        using var batch = session.CreateBatch(1);

        for (var row = 0; row < raw.Count; row++)
        {
            raw[row].CopyTo(batch.Observation(0));
            batch.Run(1);
            Assert.That(batch.Action(0).ToArray(), Is.EqualTo(actions[row]));
            Assert.That(batch.Score(0).ToArray(), Is.EqualTo(scores[row]).Within(1e-6f));
        }
    }

    private static void AssertSchema(DataViewSchema schema, ActionSpace space)
    {
        Assert.Multiple(() =>
        {
            Assert.That(schema.Select(column => column.Name), Is.EqualTo(new[] { "Observation", "Id", "Action", "Score" }));
            Assert.That(schema["Action"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, space.Length)));
            Assert.That(schema["Score"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, space.ScoreLength)));
            Assert.That(SchemaText.SlotNames(schema["Action"]), Is.EqualTo(space.Names));
            Assert.That(SchemaText.SlotNames(schema["Score"]), Is.EqualTo(space.ScoreNames));
        });
    }

    private static PolicyTransformer Transformer(ActionSpace space) => new(LiteralPolicies.Of(space).Onnx, new());

    private IDataView View() => Support.Policies.View(_ml, LiteralPolicies.Observations);

    private List<VectorOutput> Rows(IDataView view) => [.. _ml.Data.CreateEnumerable<VectorOutput>(view, reuseRowObject: false)];
}
