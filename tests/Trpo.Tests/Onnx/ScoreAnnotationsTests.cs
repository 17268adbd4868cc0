using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Onnx.Interop;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>The annotations by which ML.NET's tools recognise the columns of a prediction, beside those that a trainer of ML.NET's writes.</summary>
public sealed class ScoreAnnotationsTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_discrete_policy_is_annotated_like_a_classifier_of_ml_nets()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var view = View(30);
        var labelled = _ml.Transforms.CopyColumns("Label", "Action").Fit(policy.Transform(view)).Transform(policy.Transform(view));
        var stock = _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Label", "Observation").Fit(labelled).GetOutputSchema(labelled.Schema);
        var ours = policy.Transform(view).Schema;

        Assert.That(Annotations(ours["Action"]), Is.EqualTo(Annotations(stock["PredictedLabel"], set: 1)));
        Assert.That(Annotations(ours["Score"]), Is.EqualTo(Annotations(stock["Score"], set: 1)));
        Assert.That(Annotations(ours["Score"]), Has.Member("ScoreColumnKind = MulticlassClassification").And.Member("TrainingLabelValues = left|stay|right"));
    }

    [Test]
    public void A_stock_trainer_behind_a_policy_counts_the_policys_set_and_a_policy_that_of_the_trainer()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var first = policy.Transform(View(30));
        var labelled = _ml.Transforms.CopyColumns("Label", "Action").Fit(first).Transform(first);
        var stock = _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy("Label", "Observation").Fit(labelled).Transform(labelled);
        var again = policy.Transform(stock).Schema;

        Assert.That((Set(first.Schema["Score"]), Set(first.Schema["Action"])), Is.EqualTo((1u, 1u)));
        Assert.That((Set(stock.Schema["Score"]), Set(stock.Schema["PredictedLabel"])), Is.EqualTo((2u, 2u)));
        Assert.That((Set(again["Score"]), Set(again["Action"])), Is.EqualTo((3u, 3u)));
    }

    [Test]
    public void The_kind_of_the_prediction_follows_the_space_of_actions()
    {
        string[] Kinds(ActionSpace space)
        {
            using var policy = Support.Policies.Transformer(space);
            return [.. new[] { "Action", "Score" }.Select(name => Text(policy.Transform(View(1)).Schema[name], "ScoreColumnKind") ?? "none")];
        }

        Assert.Multiple(() =>
        {
            Assert.That(Kinds(Support.Policies.Choices), Is.EqualTo(new[] { "MulticlassClassification", "MulticlassClassification" }));
            Assert.That(Kinds(Support.Policies.Vectors), Is.EqualTo(new[] { "none", "MultiOutputRegression" }), "a clipped action is not what a regression predicts");
            Assert.That(Kinds(LiteralPolicies.Controls), Is.EqualTo(new[] { "none", "none" }), "ML.NET has no kind of several choices at once");
            Assert.That(Kinds(LiteralPolicies.Switches), Is.EqualTo(new[] { "none", "none" }));
        });
    }

    [Test]
    public void The_promised_shape_has_the_annotations_and_a_model_file_keeps_them([ValueSource(nameof(Spaces))] ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space);
        var view = View(3);
        using var file = new MemoryStream();
        _ml.Model.Save(policy, view.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out _);
        var (before, after) = (policy.GetOutputSchema(view.Schema), loaded.Transform(view).Schema);
        ((IDisposable)loaded).Dispose();

        foreach (var name in new[] { "Action", "Score" })
            Assert.That(Annotations(after[name]), Is.EqualTo(Annotations(before[name])));
        var promised = new PolicyColumns().GetOutputShape(space).ToDictionary(column => column.Name);
        foreach (var column in MicrosoftMLInternals.ShapeOf(before).Where(column => promised.ContainsKey(column.Name)))
            Assert.That(Annotations(promised[column.Name]), Is.EqualTo(Annotations(column)), column.Name);
    }

    [Test]
    public void Stock_evaluation_names_the_classes_of_the_policy()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var view = policy.Transform(View(300));
        var labelled = _ml.Transforms.CopyColumns("Label", "Action").Fit(view).Transform(view);
        var metrics = _ml.MulticlassClassification.Evaluate(labelled, predictedLabelColumnName: "Action");

        Assert.That(metrics.MicroAccuracy, Is.EqualTo(1));
        Assert.That(metrics.ConfusionMatrix.GetFormattedConfusionTable(), Does.Contain("left").And.Contain("stay").And.Contain("right"));
    }

    [Test]
    public void Columns_renamed_to_ml_nets_names_are_evaluated_without_arguments()
    {
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new(Action: "PredictedLabel"));
        var view = policy.Transform(View(300));
        var labelled = _ml.Transforms.CopyColumns("Label", "PredictedLabel").Fit(view).Transform(view);

        Assert.That(_ml.MulticlassClassification.Evaluate(labelled).MicroAccuracy, Is.EqualTo(1));
    }

    private static string[] Annotations(DataViewSchema.Column column, uint? set = null) => [.. column.Annotations.Schema.Select(annotation => annotation.Name switch
    {
        "ScoreColumnSetId" => $"{annotation.Name} {annotation.Type} = {set ?? Set(column)}",
        "ScoreColumnKind" or "ScoreValueKind" => $"{annotation.Name} = {Text(column, annotation.Name)}",
        _ => $"{annotation.Name} = {string.Join('|', Names(column, annotation.Name))}",
    }).Order(StringComparer.Ordinal)];

    private static string[] Annotations(SchemaShape.Column column) =>
        [.. column.Annotations.Select(annotation => $"{annotation.Name}: {annotation.Kind} {annotation.ItemType} {annotation.IsKey}").Order(StringComparer.Ordinal)];

    private static uint Set(DataViewSchema.Column column)
    {
        var set = 0u;
        column.Annotations.GetValue("ScoreColumnSetId", ref set);
        return set;
    }

    private static string? Text(DataViewSchema.Column column, string kind)
    {
        if (column.Annotations.Schema.GetColumnOrNull(kind) is null)
            return null;
        ReadOnlyMemory<char> text = default;
        column.Annotations.GetValue(kind, ref text);
        return text.ToString();
    }

    private static string[] Names(DataViewSchema.Column column, string kind)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.Annotations.GetValue(kind, ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private IDataView View(int rows) => Support.Policies.View(_ml, Support.Policies.Observations(rows));
}
