using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>A column may have any name: the policy is trained, saved, loaded and exported, and the graph computes what the model does.</summary>
public sealed class ColumnNameTests
{
    private static readonly string[] Names =
    [
        "score", "action", "logits", "log_standard_deviation", "observation", "Observation", "Action", "Score", "SCORE", "Features", "input_score", "chain0_Concat", "layer0", "N",
        " ", "a.b", "a/b", "score.output", "größe", "列", "😀", "a\nb", "a\"b", "{x}", "../x", "x\0y",
    ];

    private static readonly ActionSpace[] Spaces = [ActionSpace.Discrete("a", "b", "c"), ActionSpace.Box([-1], [1])];

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_column_may_have_any_name([ValueSource(nameof(Names))] string name, [ValueSource(nameof(Spaces))] ActionSpace actions)
    {
        string[] outputs = ["action", "score", actions is BoxActionSpace ? "log_standard_deviation" : "logits"];
        var renamed = outputs.Contains(name) ? $"input_{name}" : name switch { "x\0y" => "input_x_y", _ => name };

        AssertExported(actions, new() { [renamed] = name }, ObservationColumn.Number(name), ObservationColumn.Key("kind", "x", "y"), ObservationColumn.Vector("other", 2));

        // ML.NET's encoding refuses a name of white space.
        if (!string.IsNullOrWhiteSpace(name))
            AssertExported(actions, new() { [renamed] = name }, ObservationColumn.Text(name, "x", "y"));
    }

    [Test]
    public void A_name_that_no_encoding_can_store_is_refused_when_the_column_is_created() =>
        Assert.That(() => ObservationColumn.Number("\uD800x"), Throws.ArgumentException.With.Message.Contains("half a surrogate pair"));

    [Test]
    public void Columns_that_have_the_names_of_all_outputs_and_of_their_replacements_stay_apart() => AssertExported(
        Spaces[0],
        new() { ["input_input_action"] = "action", ["input_score"] = "score", ["input_logits"] = "logits", ["input_a_b"] = "a\0b" },
        ObservationColumn.Number("action"), ObservationColumn.Number("input_action"), ObservationColumn.Number("score"), ObservationColumn.Vector("logits", 3), ObservationColumn.Number("observation"), ObservationColumn.Number("a\0b"), ObservationColumn.Number("a_b"));

    [Test]
    public void A_column_of_the_policy_may_hide_one_of_the_environment()
    {
        using var folder = new TemporaryFolder();
        var view = View(Spaces[0], ObservationColumn.Vector("Observation", 2), ObservationColumn.Number("Score"));
        var options = new TrpoOptions { TotalSteps = 64, StepsPerIteration = 32, HiddenLayers = [4], Columns = new PolicyColumns(Action: "Observation", Score: "Score") };
        var model = _ml.Transforms.Concatenate("Observation", "Observation", "Score").Append(_ml.ReinforcementLearning.Trainers.Trpo(view, options)).Fit(view);
        PolicyModel.Save(_ml, model, view.Schema, folder.PathOf("model.zip"));
        _ml.ReinforcementLearning.ExportToOnnx(model, folder.PathOf("policy.onnx"));

        var (scores, _) = ExportedChain.Run(folder.PathOf("policy.onnx"), view, Spaces[0], name => name);
        Assert.That(PolicyModel.Load(_ml, folder.PathOf("model.zip"), out _).Transform(view).GetColumn<float[]>("Score").First(), Is.EqualTo(scores[0]).Within(1e-5f));
        Assert.That(_ml.ReinforcementLearning.Evaluate(model, view, episodes: 3).Episodes, Has.Count.EqualTo(3));
    }

    private void AssertExported(ActionSpace actions, Dictionary<string, string> columns, params ObservationColumn[] space)
    {
        using var folder = new TemporaryFolder();
        var view = View(actions, space);
        var transforms = new EstimatorChain<ITransformer>();
        foreach (var category in space.Where(column => !column.Categories.IsEmpty))
            transforms = transforms.Append(category.Kind == ObservationColumnKind.Key ? _ml.Transforms.Conversion.MapKeyToVector(category.Name) : (IEstimator<ITransformer>)_ml.Transforms.Categorical.OneHotEncoding(category.Name));
        var model = transforms.Append((IEstimator<ITransformer>)_ml.Transforms.Concatenate("Features", [.. space.Select(column => column.Name)]))
            .Append((IEstimator<ITransformer>)_ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .Append(_ml.ReinforcementLearning.Trainers.Trpo(view, new TrpoOptions { TotalSteps = 64, StepsPerIteration = 32, HiddenLayers = [4], Columns = new PolicyColumns("Features") }))
            .Fit(view);
        PolicyModel.Save(_ml, model, view.Schema, folder.PathOf("model.zip"));
        var loaded = PolicyModel.Load(_ml, folder.PathOf("model.zip"), out _);
        _ml.ReinforcementLearning.ExportToOnnx(model, folder.PathOf("policy.onnx"));
        _ml.ReinforcementLearning.ExportToOnnx(loaded, folder.PathOf("loaded.onnx"), view.Schema);

        Assert.That(OnnxChecker.Faults(ModelProto.Parser.ParseFrom(File.ReadAllBytes(folder.PathOf("policy.onnx"))), identifiers: false), Is.Empty);
        var expected = loaded.Transform(view).GetColumn<float[]>("Score").ToArray();
        foreach (var file in new[] { "policy.onnx", "loaded.onnx" })
        {
            var (scores, _) = ExportedChain.Run(folder.PathOf(file), view, actions, name => columns.GetValueOrDefault(name, name));
            Assert.That(scores.SelectMany(score => score), Is.EqualTo(expected.SelectMany(score => score)).Within(1e-5f));
        }
    }

    private Estimators.Environments.DataViews.EnvironmentDataView View(ActionSpace actions, params ObservationColumn[] space) =>
        _ml.ReinforcementLearning.LoadFromEnvironment(() => new ColumnsEnvironment(ObservationSpace.OfColumns(space), actions), count: 2, rows: 50);
}
