using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Onnx;

public sealed class ChainExportTests
{
    private readonly MLContext _ml = new(seed: 1);
    private string _path = null!;

    [SetUp]
    public void ChoosePath() => _path = Path.Combine(Path.GetTempPath(), $"trpo-{Guid.NewGuid():N}.onnx");

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void Normalisers_in_front_become_part_of_the_graph()
    {
        float[][] raw = [.. Support.Policies.Observations(300).Select(row => new[] { 100 * row[0], row[1] + 50, row[2], row[3] / 100 })];
        var view = Support.Policies.View(_ml, raw);
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Vectors), new("Scaled"));
        var model = _ml.Transforms.NormalizeMeanVariance("Centered", "Observation", fixZero: false)
            .Append(_ml.Transforms.NormalizeMinMax("Unrelated", "Observation"))
            .Append(_ml.Transforms.NormalizeMinMax("Scaled", "Centered", fixZero: false))
            .Fit(view)
            .Append(policy);
        _ml.ReinforcementLearning.ExportToOnnx(model, _path);

        using var session = PolicySession.Open(_path);
        using var batch = session.CreateBatch(raw.Length);
        for (var row = 0; row < raw.Length; row++)
            raw[row].CopyTo(batch.Observation(row));
        batch.Run(raw.Length);

        var scores = Enumerable.Range(0, raw.Length).SelectMany(row => batch.Score(row).ToArray()).ToList();
        Assert.That(scores, Is.EqualTo(model.Transform(view).GetColumn<float[]>("Score").SelectMany(score => score)).Within(1e-5f));
        Assert.That(scores.Distinct().Count(), Is.GreaterThan(raw.Length), "the scores differ from row to row");
    }

    [Test]
    public void A_policy_that_was_exported_with_a_normaliser_can_stand_behind_another()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(50));
        using var policy = Support.Policies.Transformer(Support.Policies.Vectors);
        var normalizer = _ml.Transforms.NormalizeMinMax("Observation").Fit(view);
        _ml.ReinforcementLearning.ExportToOnnx(normalizer.Append(policy), _path);
        using var exported = new PolicyTransformer(File.ReadAllBytes(_path), new());
        var model = normalizer.Append(exported);
        _ml.ReinforcementLearning.ExportToOnnx(model, _path);
        using var twice = new PolicyTransformer(File.ReadAllBytes(_path), new());

        Assert.That(
            twice.Transform(view).GetColumn<float[]>("Score").SelectMany(score => score),
            Is.EqualTo(model.Transform(view).GetColumn<float[]>("Score").SelectMany(score => score)).Within(1e-5f));
    }

    [Test]
    public void The_values_of_a_policy_may_have_any_names()
    {
        var graph = new OnnxGraphBuilder("test");
        graph.Node("Identity", "normalizer0_offset_applied", [graph.Input(PolicyValues.Observation, 4, "An observation.")]);
        graph.Node("Identity", PolicyValues.Score, ["normalizer0_offset_applied"]);
        graph.Node("Identity", PolicyValues.Action, [PolicyValues.Score]);
        graph.Output(PolicyValues.Score, 4, "The observation.");
        graph.Output(PolicyValues.Action, 4, "The observation.");
        var actions = ActionSpace.Box([0, 0, 0, 0], [1, 1, 1, 1]);
        using var policy = new PolicyTransformer(graph.Build("A test.", PolicyMetadataFormat.Write(Support.Policies.Metadata(actions))), new());
        var view = Support.Policies.View(_ml, [[4, 2, 8, 1], [1, 1, 1, 0]]);
        _ml.ReinforcementLearning.ExportToOnnx(_ml.Transforms.NormalizeMinMax("Observation").Fit(view).Append(policy), _path);

        using var session = PolicySession.Open(_path);
        using var batch = session.CreateBatch(1);
        new float[] { 2, 2, 2, 1 }.CopyTo(batch.Observation(0));
        batch.Run(1);
        Assert.That(batch.Score(0).ToArray(), Is.EqualTo(new[] { 0.5f, 1, 0.25f, 1 }));
    }

    [Test]
    public void A_policy_alone_is_written_unchanged()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        _ml.ReinforcementLearning.ExportToOnnx(policy, _path);

        Assert.That(File.ReadAllBytes(_path), Is.EqualTo(policy.Onnx.ToArray()));
    }

    [Test]
    public void A_transform_that_cannot_be_expressed_is_refused_by_name_and_nothing_is_written()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(50));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var projected = _ml.Transforms.ProjectToPrincipalComponents("Observation", rank: 4).Fit(view).Append(policy);
        var named = policy.Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(policy.Transform(view)));

        Assert.Multiple(() =>
        {
            Assert.That(() => _ml.ReinforcementLearning.ExportToOnnx(projected, _path), Throws.TypeOf<NotSupportedException>().With.Message.Contains("PrincipalComponentAnalysisTransformer").And.Message.Contains("'Observation'"));
            Assert.That(() => _ml.ReinforcementLearning.ExportToOnnx(named, _path), Throws.TypeOf<NotSupportedException>().With.Message.Contains("KeyToValueMappingTransformer"));
            Assert.That(File.Exists(_path), Is.False);
        });
    }

    [Test]
    public void A_model_without_a_policy_is_refused()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(5));

        Assert.That(() => _ml.ReinforcementLearning.ExportToOnnx(_ml.Transforms.CopyColumns("A", "Id").Fit(view), _path), Throws.ArgumentException.With.Message.Contains("PolicyTransformer"));
    }
}
