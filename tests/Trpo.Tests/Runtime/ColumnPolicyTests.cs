using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Runtime;
using Trpo.Tests.Support;

namespace Trpo.Tests.Runtime;

/// <summary>Policies that were exported with the transforms in front of them, whose inputs are columns of numbers.</summary>
public sealed class ColumnPolicyTests
{
    private const int Rows = 1_000;

    private static readonly MLContext Ml = new(seed: 1);
    private static readonly IDataView View = ChainRow.View(Ml, ChainRow.Training());

    [Test]
    public void Columns_of_numbers_give_the_results_of_onnx_runtime([Values] bool isReplaced)
    {
        var onnx = Exported(isReplaced);
        var policy = Policy.Open(onnx);
        var random = new Random(1);
        Assert.That(policy.Inputs.ToArray(), Is.EqualTo(new[] { new Trpo.Runtime.PolicyInput("Position", 3), new Trpo.Runtime.PolicyInput("Speed", 1) }));
        float[] observations = [.. Enumerable.Range(0, Rows * policy.ObservationLength).Select(_ => 4 * random.NextSingle())];
        for (var row = 0; row < Rows; row += 10)
            observations[(row * 4) + random.Next(4)] = float.NaN;
        var inputs = new Dictionary<string, float[]>
        {
            ["Speed"] = [.. observations.Where((_, index) => index % 4 == 3)],
            ["Position"] = [.. observations.Where((_, index) => index % 4 != 3)],
        };

        var expected = new OnnxReference(onnx, inputs, Rows);
        var (actions, scores) = (new float[Rows], new float[Rows * 3]);
        policy.Evaluate(observations, actions, scores);

        Assert.That(scores, Is.EqualTo(expected.Scores).Within(1e-6f));
        Assert.That(actions, Is.EqualTo(expected.Actions));
        Assert.That(actions.Count(action => action == -1), Is.EqualTo(isReplaced ? 0 : Rows / 10));
        Assert.That(actions.Distinct().Count(), Is.GreaterThan(2));
    }

    [Test]
    public void Columns_of_other_types_are_refused_by_name()
    {
        var pipeline = Ml.Transforms.Concatenate("Features", "Speed", "Number").Append(Ml.Transforms.NormalizeMinMax("Features"));
        var transforms = Ml.Transforms.Conversion.ConvertType("Number", "Gear", DataKind.Single).Append(pipeline).Fit(View);

        Assert.That(() => Policy.Open(Export(transforms)), Throws.TypeOf<Trpo.Runtime.Graph.UnsupportedGraphException>().With.Message.Contains("'Gear'"));
    }

    private static byte[] Exported(bool isReplaced)
    {
        var columns = Ml.Transforms.Concatenate("Features", "Speed", "Position").Append(Ml.Transforms.NormalizeMeanVariance("Features"));
        var replaced = Ml.Transforms.Concatenate("Features", "Speed", "Position").Append(Ml.Transforms.ReplaceMissingValues("Features")).Append(Ml.Transforms.NormalizeMeanVariance("Features"));
        return Export(isReplaced ? replaced.Fit(View) : columns.Fit(View));
    }

    private static byte[] Export(ITransformer transforms)
    {
        using var folder = new TemporaryFolder();
        using var policy = ExportedChain.Policy(transforms.GetOutputSchema(View.Schema), Support.Policies.Choices);
        Ml.ReinforcementLearning.ExportToOnnx(transforms.Append(policy), folder.PathOf("policy.onnx"), View.Schema);
        return File.ReadAllBytes(folder.PathOf("policy.onnx"));
    }
}
