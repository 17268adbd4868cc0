using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Onnx.Conversion;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>The comparison of an exported graph with its model before the file is written.</summary>
public sealed class ExportComparisonTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];
    private static readonly WeatherPipeline Weather = new();

    private readonly MLContext _ml = new(seed: 1);
    private TemporaryFolder _folder = null!;

    private string Path => _folder.PathOf("policy.onnx");

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [TestCaseSource(nameof(Spaces))]
    public void Graphs_that_compute_what_the_model_does_are_written(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space, WeatherPipeline.ObservationLength);
        var model = Weather.Transformer.Append(policy);

        _ml.ReinforcementLearning.ExportToOnnx(model, Path, Weather.Convert().Stream, Weather.Data);
        AssertWritten();
        _ml.ReinforcementLearning.ExportToOnnx(model, Path, Weather.Data.Schema, Weather.Data);
        AssertWritten();
        PolicyModel.ExportToOnnx(Drawing(model), Path, Weather.Data.Schema, Weather.Data);
        AssertWritten();
    }

    [TestCaseSource(nameof(Spaces))]
    public void Rows_with_nan_are_equal(ActionSpace space)
    {
        float[][] rows = [.. Support.Policies.Observations(30), [float.NaN, 0, 0, 0], [1, 1, float.NaN, float.NaN]];
        var view = Support.Policies.View(_ml, rows);
        using var policy = Support.Policies.Transformer(space);

        _ml.ReinforcementLearning.ExportToOnnx(policy, Path, view);
        AssertWritten();
        _ml.ReinforcementLearning.ExportToOnnx(_ml.Transforms.NormalizeMeanVariance("Observation").Fit(view).Append(policy), Path, view.Schema, view);
        AssertWritten();
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_graph_that_is_wrong_in_one_column_is_not_written(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space, WeatherPipeline.ObservationLength);
        var graph = Weather.Convert();
        var scale = graph.Graph.Initializer.Single(tensor => tensor.Name == "scale");
        scale.FloatData[^1] *= 1.5f;
        File.WriteAllText(Path, "before");

        Assert.That(() => _ml.ReinforcementLearning.ExportToOnnx(Weather.Transformer.Append(policy), Path, graph.Stream, Weather.Data), Throws.InvalidOperationException
            .With.Message.Matches(@"in \d+ of 300 rows").And.Message.Matches(@"row \d+, (score|action|the action).*: \S+ in the model and \S+ in the graph, where"));
        Assert.That(File.ReadAllText(Path), Is.EqualTo("before"));
    }

    [Test]
    public void Nothing_is_compared_on_an_empty_view()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);

        Assert.That(() => PolicyModel.ExportToOnnx(policy, Path, Support.Policies.View(_ml, [])), Throws.ArgumentException.With.Message.Contains("no rows"));
        Assert.That(File.Exists(Path), Is.False);
    }

    [Test]
    public void Rows_without_a_column_or_with_another_type_are_refused()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, WeatherPipeline.ObservationLength);
        var model = Weather.Transformer.Append(policy);
        var renamed = _ml.Transforms.CopyColumns("Heat", "Temperature").Append(_ml.Transforms.DropColumns("Temperature")).Fit(Weather.Data).Transform(Weather.Data);

        Assert.That(() => PolicyModel.ExportToOnnx(model, Path, Weather.Data.Schema, renamed), Throws.InstanceOf<ArgumentException>().With.Message.Contains("Temperature"));
        Assert.That(() => PolicyModel.ExportToOnnx(model, Path, Weather.Data.Schema, null!), Throws.ArgumentNullException);
        Assert.That(File.Exists(Path), Is.False);
    }

    [Test]
    public void A_bounded_number_of_rows_is_read()
    {
        var read = 0;
        var view = _ml.Data.LoadFromEnumerable(Endless());
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        PolicyModel.ExportToOnnx(policy, Path, view);

        AssertWritten();
        Assert.That(read, Is.InRange(20_000, 60_000), "10,000 rows, by the graph and by the model, and what is read ahead");

        IEnumerable<PolicyInput> Endless()
        {
            while (true)
            {
                Interlocked.Increment(ref read);
                yield return new PolicyInput { Observation = [1, 2, 3, 4] };
            }
        }
    }

    [Test]
    public void Models_that_drop_rows_cannot_be_compared()
    {
        var view = Support.Policies.View(_ml, [[float.NaN, 0, 0, 0], .. Support.Policies.Observations(20)]);
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var fewer = policy.Transform(_ml.Data.FilterRowsByMissingValues(view, "Observation"));

        Assert.That(() => GraphComparison.Check(policy.Onnx.ToArray(), ["Observation"], view, fewer, "Action", "Score"),
            Throws.InvalidOperationException.With.Message.Contains("does not map row to row"));
    }

    [Test]
    public void Equal_choices_may_be_told_apart_by_rounding()
    {
        var comparison = new ResultComparison(Support.Policies.Choices, marksMissing: true);
        comparison.Add([0], [0.40001f, 0.4f, 0.19999f], [1], [0.4f, 0.40001f, 0.19999f]);
        Assert.That(comparison.Worst, Is.Null);
        comparison.Add([0], [0.5f, 0.3f, 0.2f], [1], [0.5f, 0.3f, 0.2f]);
        Assert.That(comparison.Worst, Does.Contain("row 1, the action: 0 in the model and 1 in the graph"));
        comparison.Add([0], [0.5f, 0.3f, 0.2f], [float.NaN], [float.NaN, float.NaN, float.NaN]);
        Assert.That((comparison.DifferentRows, comparison.Rows), Is.EqualTo((2L, 3L)));
        Assert.That(comparison.Worst, Does.Contain("row 2").And.Contain("NaN in the graph"));
    }

    [Test]
    public void Tolerances_follow_the_scale_of_the_means()
    {
        var comparison = new ResultComparison(Support.Policies.Vectors, marksMissing: true);
        comparison.Add([0.25f, 100], [0.3f, 100], [0.25f, 100.005f], [0.3f, 100.005f]);
        Assert.That(comparison.Worst, Is.Null);
        comparison.Add([0.25f, 100], [0.3f, 100], [0.25f, 100.02f], [0.3f, 100.02f]);
        Assert.That(comparison.Worst, Does.Contain("row 1, score 1 ('angle')").And.Contain("0.01 is tolerated"));
    }

    private static ITransformer Drawing(ITransformer model) => PolicyModel.With(model, ActionSelection.Sample(seed: 3));

    private void AssertWritten()
    {
        Assert.That(File.Exists(Path), Is.True);
        File.Delete(Path);
    }
}
