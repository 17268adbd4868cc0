using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Converter;

/// <summary>ML.NET's own converter, <c>ml.Model.ConvertToOnnx</c>, on chains with a policy. Its graph is run in OnnxRuntime beside the model.</summary>
public sealed class ConvertToOnnxTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];

    private readonly MLContext _ml = new(seed: 1);

    private static float[][] Rows => [.. Support.Policies.Observations(50), [float.NaN, 0, 0, 0]];

    [TestCaseSource(nameof(Spaces))]
    public void The_policy_is_in_the_graph(ActionSpace space)
    {
        using var policy = new PolicyTransformer(Support.Policies.Onnx(space), AllColumns(space));
        var data = Support.Policies.View(_ml, Rows);
        var (model, graph) = Run(policy, data, [.. policy.Columns.Outputs.Select(output => output.Name)]);

        AssertEqual(graph, model);
        Assert.That(model["Score"].Distinct().Count(), Is.GreaterThan(40), "the scores differ from row to row");
        Assert.That(model["Action"].Distinct().Count(), Is.GreaterThan(1), "the actions differ");
    }

    [TestCaseSource(nameof(Spaces))]
    public void Inputs_are_the_raw_columns_alone(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space);
        var data = _ml.Data.LoadFromEnumerable(Support.Policies.Observations(3).Select(row => new Sighting { Observation = row }));
        var graph = ModelProto.Parser.ParseFrom(ConvertedModel.ToOnnx(_ml, policy, data)).Graph;

        Assert.That(graph.Input.Select(input => input.Name), Is.EqualTo(new[] { "Observation", "Label" }));
        // ML.NET's converter keeps the names of slots and keys in outputs of their own.
        Assert.That(graph.Output.Select(output => output.Name).Where(name => !name.StartsWith("mlnet.", StringComparison.Ordinal)), Is.EqualTo(new[] { "Observation.output", "Label.output", "Action.output", "Score.output" }));
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_chain_of_transforms_in_front_of_the_policy_and_behind_it_is_one_graph(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space);
        var data = _ml.Data.LoadFromEnumerable(Rows.SkipLast(1).Select(row => new Sighting { Observation = row, Label = row[0] - row[1] }));
        var front = _ml.Transforms.NormalizeMeanVariance("Observation").Fit(data);
        var acted = policy.Transform(front.Transform(data));
        var behind = _ml.Transforms.NormalizeMinMax("Scaled", "Score")
            .Append(_ml.Regression.Trainers.FastTree(featureColumnName: "Scaled", numberOfTrees: 5, numberOfLeaves: 4))
            .Fit(acted);
        var model = new TransformerChain<ITransformer>(front, policy, behind);

        var (expected, graph) = Run(model, data, "Action", "Scaled", "Score");
        AssertEqual(graph, expected);
        Assert.That(expected["Score"].Distinct().Count(), Is.GreaterThan(3), "the trees' predictions differ");
    }

    [Test]
    public void The_action_becomes_its_name()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var data = _ml.Data.LoadFromEnumerable(Rows.SkipLast(1).Select(row => new Sighting { Observation = row }));
        var model = new TransformerChain<ITransformer>(policy, _ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(policy.Transform(data)));

        var (expected, graph) = Run(model, data, "Name", "Action");
        AssertEqual(graph, expected);
        Assert.That(expected["Name"].Distinct(), Is.SupersetOf(new[] { "left", "right" }));
    }

    [Test]
    public void Two_policies_stand_in_one_graph()
    {
        using var first = Support.Policies.Transformer(Support.Policies.Choices);
        using var second = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Vectors, observationLength: 3, seed: 9), new PolicyColumns("Score", "Second", "SecondScore"));
        var data = _ml.Data.LoadFromEnumerable(Rows.SkipLast(1).Select(row => new Sighting { Observation = row }));

        var (expected, graph) = Run(new TransformerChain<ITransformer>(first, second), data, "Action", "Score", "Second", "SecondScore");
        AssertEqual(graph, expected);
    }

    [Test]
    public void A_policy_may_replace_the_column_that_it_reads()
    {
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new PolicyColumns(Score: "Observation"));
        var data = _ml.Data.LoadFromEnumerable(Rows.SkipLast(1).Select(row => new Sighting { Observation = row }));

        var (expected, graph) = Run(policy, data, "Action", "Observation");
        AssertEqual(graph, expected);
    }

    [Test]
    public void Rows_that_were_filtered_or_split_are_converted_as_the_raw_ones_are()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var data = _ml.Data.LoadFromEnumerable(Rows.SkipLast(1).Select(row => new Sighting { Observation = row }));
        var front = _ml.Transforms.NormalizeMeanVariance("Observation").Fit(data);
        var model = new TransformerChain<ITransformer>(front, policy);

        foreach (var view in new[] { _ml.Data.TakeRows(data, 20), _ml.Data.TrainTestSplit(data, 0.5).TrainSet })
        {
            var graph = ConvertedModel.RunGraph(ConvertedModel.ToOnnx(_ml, model, view), data, "Action", "Score");
            AssertEqual(graph, graph.Keys.ToDictionary(name => name, name => ConvertedModel.Column(model.Transform(data), name)));
        }
    }

    [Test]
    public void A_transform_in_front_that_cannot_be_converted_is_named()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var data = _ml.Data.LoadFromEnumerable(Rows.SkipLast(1).Select(row => new Sighting { Observation = row }));
        var custom = _ml.Transforms.CustomMapping<Sighting, Scaled>((row, scaled) => scaled.Observation = [.. row.Observation.Select(value => 2 * value)], contractName: null).Fit(data);
        var scaling = _ml.Transforms.NormalizeMeanVariance("Observation").Fit(data);
        var model = new TransformerChain<ITransformer>(custom, scaling, policy);

        Assert.That(() => ConvertedModel.ToOnnx(_ml, model, data), Throws.TypeOf<NotSupportedException>().With.Message.Contains("'Observation'").And.Message.Contains("CustomMapping"));
    }

    [Test]
    public void A_transform_behind_that_cannot_be_converted_is_ml_nets_own_exception()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var data = _ml.Data.LoadFromEnumerable(Rows.SkipLast(1).Select(row => new Sighting { Observation = row }));
        var custom = _ml.Transforms.CustomMapping<Sighting, Scaled>((row, scaled) => scaled.Observation = row.Observation, contractName: null).Fit(policy.Transform(data));

        Assert.That(() => ConvertedModel.ToOnnx(_ml, new TransformerChain<ITransformer>(policy, custom), data), Throws.TypeOf<InvalidOperationException>().With.Message.Contains("can not be fully converted"));
    }

    [Test]
    public void Drawn_actions_are_refused_with_the_way_out()
    {
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new PolicyColumns(), ActionSelection.Sample(1));

        Assert.That(() => ConvertedModel.ToOnnx(_ml, policy, Support.Policies.View(_ml, Rows)), Throws.TypeOf<NotSupportedException>().With.Message.Contains("PolicyModel.With"));
    }

    [Test]
    public void An_earlier_version_of_the_operators_is_ml_nets_own_exception()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        using var stream = new MemoryStream();

        Assert.That(() => _ml.Model.ConvertToOnnx(policy, Support.Policies.View(_ml, Rows), 9, stream), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains(nameof(PolicyTransformer)));
    }

    private static PolicyColumns AllColumns(ActionSpace space) =>
        new() { Probability = "Probability", LogProbability = "LogProbability", UnclippedAction = space is BoxActionSpace ? "Unclipped" : null };

    private (Dictionary<string, object[]> Model, Dictionary<string, object[]> Graph) Run(ITransformer model, IDataView data, params string[] columns) =>
        ConvertedModel.Run(_ml, model, data, columns);

    private static void AssertEqual(Dictionary<string, object[]> graph, Dictionary<string, object[]> model)
    {
        foreach (var (name, values) in model)
            Assert.That(graph[name], values[0] is float ? Is.EqualTo(values).Within(2e-6f) : Is.EqualTo(values), name);
    }

    private sealed class Sighting
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];

        public float Label { get; set; }
    }

    private sealed class Scaled
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }
}
