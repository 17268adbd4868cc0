using Microsoft.ML;

namespace Trpo.Tests.Onnx;

/// <summary>The use of a policy with ML.NET's evaluators, as docs/mlnet.md shows it, and the limits that it names.</summary>
public sealed class EvaluationDocumentTests
{
    [Test]
    public void The_documented_evaluation_works_and_its_defaults_do_not()
    {
        var ml = new MLContext(seed: 1);
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var acted = policy.Transform(Support.Policies.View(ml, Support.Policies.Observations(100)));
        var rows = ml.Transforms.CopyColumns("Label", "Action").Append(ml.Transforms.SelectColumns("Observation", "Label")).Fit(acted).Transform(acted);

        var scored = policy.Transform(rows);
        var metrics = ml.MulticlassClassification.Evaluate(scored, predictedLabelColumnName: "Action");

        Assert.That(metrics.MicroAccuracy, Is.EqualTo(1));
        Assert.That(() => ml.MulticlassClassification.Evaluate(scored), Throws.InstanceOf<ArgumentException>().With.Message.Contains("PredictedLabel"));
        Assert.That(() => ml.MulticlassClassification.PermutationFeatureImportance(policy, scored), Throws.Exception, "it takes ML.NET's own predictors only");
    }
}
