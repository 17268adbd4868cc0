using System.Reflection;
using System.Runtime.CompilerServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Onnx;

/// <summary>The members of Trpo.Onnx that other packages build on.</summary>
public sealed class PublicSurfaceTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void Only_the_tests_see_internals() =>
        Assert.That(typeof(PolicyTransformer).Assembly.GetCustomAttributes<InternalsVisibleToAttribute>().Select(attribute => attribute.AssemblyName), Is.EqualTo(new[] { "Trpo.Tests" }));

    [Test]
    public void A_chain_is_split_into_its_parts()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(3));
        var before = _ml.Transforms.CopyColumns("Copy", "Observation").Fit(view);
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var after = _ml.Transforms.CopyColumns("Chosen", "Action").Fit(policy.Transform(view));
        var chain = PolicyChain.FromModel(new TransformerChain<ITransformer>(before, new TransformerChain<ITransformer>(policy, after)));

        Assert.Multiple(() =>
        {
            Assert.That(chain.Before, Is.EqualTo(new ITransformer[] { before }));
            Assert.That(chain.Policy, Is.SameAs(policy));
            Assert.That(chain.After, Is.EqualTo(new ITransformer[] { after }));
            Assert.That(chain.Preprocess(view).Schema.GetColumnOrNull("Copy"), Is.Not.Null);
            Assert.That(() => PolicyChain.FromModel(before), Throws.ArgumentException.With.Message.Contains("PolicyTransformer"));
        });
    }

    [Test]
    public void A_policy_is_described_without_being_run()
    {
        var onnx = Support.Policies.Onnx(Support.Policies.Vectors);
        var graph = GraphDescription.FromOnnx(onnx);

        Assert.Multiple(() =>
        {
            Assert.That(PolicyMetadata.FromOnnx(onnx).Actions.Names, Is.EqualTo(new[] { "force", "angle" }));
            Assert.That(graph.Inputs.Select(value => value.ToString()), Is.EqualTo(new[] { "observation float[N, 4]" }));
            Assert.That(graph.Outputs.Select(value => value.Name), Is.EqualTo(new[] { "action", "score", "log_standard_deviation" }));
            Assert.That(graph.Opset, Is.EqualTo(12));
            Assert.That(graph.Operators["Gemm"], Is.GreaterThan(1));
            Assert.That(graph.Parameters, Is.GreaterThan(100));
        });
    }

    [Test]
    public void Bytes_that_are_not_a_policy_are_not_described()
    {
        var onnx = Support.Policies.Onnx(Support.Policies.Vectors);
        onnx[^1] ^= 1;

        Assert.Multiple(() =>
        {
            Assert.That(() => PolicyMetadata.FromOnnx(onnx), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => GraphDescription.FromOnnx(onnx), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => PolicyMetadata.FromOnnx([]), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => GraphDescription.FromOnnx("nonsense"u8.ToArray()), Throws.TypeOf<InvalidDataException>());
        });
    }

    [Test]
    public void A_graph_is_built_with_the_metadata_of_a_policy()
    {
        var graph = new OnnxGraphBuilder("threshold");
        var input = graph.Input(PolicyValues.Observation, 1, "A number.");
        graph.Node("Concat", "logits", [input, graph.Node("Neg", "negative", [input])], ("axis", 1));
        graph.Node("ArgMax", PolicyValues.Action, ["logits"], ("axis", 1), ("keepdims", 0));
        graph.Node("Softmax", PolicyValues.Score, ["logits"], ("axis", 1));
        graph.IndexOutput(PolicyValues.Action, "The choice.");
        graph.Output(PolicyValues.Score, 2, "The probabilities.");
        var onnx = graph.Build("A policy made by hand.", new PolicyMetadata(ObservationSpace.Unbounded(1), ActionSpace.Discrete("up", "down"), []));

        using var session = PolicySession.Open(onnx);
        using var batch = session.CreateBatch(2);
        (batch.Observation(0)[0], batch.Observation(1)[0]) = (1, -1);
        batch.Run(2);

        Assert.That((batch.Choice(0), batch.Choice(1)), Is.EqualTo((0, 1)));
        Assert.That(() => new OnnxGraphBuilder("g").Input("x", 0, ""), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void The_source_of_a_scored_view_is_found()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(3));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);

        Assert.Multiple(() =>
        {
            Assert.That(DataViewColumns.GetSource(policy.Transform(view)), Is.SameAs(view));
            Assert.That(DataViewColumns.GetSource(_ml.Data.TakeRows(view, 1)), Is.SameAs(view));
            Assert.That(DataViewColumns.GetSource(view), Is.Null);
        });
    }

    [Test]
    public void The_transformer_of_a_view_is_found()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(3));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var normalizer = _ml.Transforms.NormalizeMinMax("Observation").Fit(view);
        var selection = _ml.Transforms.DropColumns("Id").Fit(view).Transform(view);

        Assert.Multiple(() =>
        {
            Assert.That(DataViewColumns.GetTransformer(normalizer.Transform(view)), Is.SameAs(normalizer));
            Assert.That(DataViewColumns.GetTransformer(selection)!.Transform(view).Schema.Select(column => column.Name), Is.EqualTo(new[] { "Observation" }));
            Assert.That(DataViewColumns.GetTransformer(_ml.Data.TakeRows(view, 1)), Is.Null);
            Assert.That(DataViewColumns.GetTransformer(policy.Transform(view)), Is.Null);
            Assert.That(DataViewColumns.GetTransformer(view), Is.Null);
        });
    }

    [Test]
    public void Columns_are_checked_against_the_space_of_actions()
    {
        var columns = new PolicyColumns { UnclippedAction = "Raw" };

        Assert.Multiple(() =>
        {
            Assert.That(() => columns.Validate(Support.Policies.Vectors), Throws.Nothing);
            Assert.That(() => columns.Validate(Support.Policies.Choices), Throws.ArgumentException.With.Message.Contains("'Raw'"));
            Assert.That(columns.GetOutputShape(Support.Policies.Vectors).Select(column => column.Name), Is.EqualTo(new[] { "Action", "Score", "Raw" }));
        });
    }
}
