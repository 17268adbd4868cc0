using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;

namespace Trpo.Tests.Onnx;

public sealed class OnnxGraphBuilderTests
{
    [Test]
    public void Attributes_have_the_types_of_their_values()
    {
        var graph = new OnnxGraphBuilder("test");
        long[] list = [3, -2];
        graph.Node("Any", "y", ["x"], ("axis", 1), ("alpha", 0.5f), ("split", list), ("keepdims", 0));
        list[0] = 7;
        var attributes = Parse(graph).Graph.Node.Single().Attribute;

        Assert.Multiple(() =>
        {
            Assert.That(attributes.Select(attribute => attribute.Name), Is.EqualTo(new[] { "axis", "alpha", "split", "keepdims" }));
            Assert.That(attributes.Select(attribute => attribute.Type), Is.EqualTo(new[] { AttributeType.Int, AttributeType.Float, AttributeType.Ints, AttributeType.Int }));
            Assert.That(attributes[0].I, Is.EqualTo(1));
            Assert.That(attributes[1].F, Is.EqualTo(0.5f));
            Assert.That(attributes[2].Ints, Is.EqualTo(new long[] { 3, -2 }), "the list was copied");
            Assert.That(attributes[3].I, Is.Zero);
        });
    }

    [Test]
    public void One_attribute_can_be_given_to_several_nodes()
    {
        var graph = new OnnxGraphBuilder("test");
        OnnxAttribute one = 1;
        graph.Node("Any", "y", ["x"], ("axis", one), ("to", one));
        graph.Node("Any", "z", ["y"], ("axis", one));

        Assert.That(Parse(graph).Graph.Node.SelectMany(node => node.Attribute).Select(attribute => (attribute.Name, attribute.I)), Is.EqualTo(new[] { ("axis", 1L), ("to", 1L), ("axis", 1L) }));
    }

    [Test]
    public void An_attribute_without_a_name_or_a_value_is_refused()
    {
        var graph = new OnnxGraphBuilder("test");

        Assert.That(() => graph.Node("Any", "y", ["x"], ("axis", default)), Throws.ArgumentException.With.Message.Contains("'axis' has no value"));
        Assert.That(() => graph.Node("Any", "y", ["x"], ("", 1)), Throws.ArgumentException);
        Assert.That(() => graph.Node("Any", "y", ["x"], ("split", (long[])null!)), Throws.ArgumentNullException);
        Assert.That(() => graph.Node("Any", "y", ["x"], ("axis", 1)), Throws.Nothing, "nothing was left behind");
    }

    [Test]
    public void A_value_is_named_once()
    {
        var graph = new OnnxGraphBuilder("test");
        graph.Input("x", 2, "An input.");
        graph.Constant("c", [1f], 1);
        graph.Constant("i", [1L], 1);
        graph.Node("Any", ["y", "z"], ["x"]);

        Assert.Multiple(() =>
        {
            foreach (var name in new[] { "x", "c", "i", "y", "z" })
            {
                Assert.That(() => graph.Node("Any", name, ["x"]), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
                Assert.That(() => graph.Node("Any", ["first_" + name, name], ["x"]), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
                Assert.That(() => graph.Constant(name, [1f], 1), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
                Assert.That(() => graph.Constant(name, [1L], 1), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
                Assert.That(() => graph.Input(name, 1, ""), Throws.ArgumentException.With.Message.Contains($"'{name}'"));
            }

            Assert.That(() => graph.Node("Any", ["twice", "twice"], ["x"]), Throws.ArgumentException.With.Message.Contains("'twice'"));
            Assert.That(() => graph.Node("Any", "", ["x"]), Throws.ArgumentException);
            Assert.That(() => graph.Node("Any", [], ["x"]), Throws.ArgumentException.With.Message.Contains("no output"));
        });
    }

    [Test]
    public void An_output_is_declared_once()
    {
        var graph = new OnnxGraphBuilder("test");
        graph.Output("y", 1, "An output.");

        Assert.Multiple(() =>
        {
            Assert.That(() => graph.Output("y", 1, "Again."), Throws.ArgumentException.With.Message.Contains("'y'"));
            Assert.That(() => graph.IndexOutput("y", "Again."), Throws.ArgumentException.With.Message.Contains("'y'"));
            Assert.That(() => graph.Output("z", 0, "Empty."), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => graph.IndexOutput("z", "Empty.", length: 0), Throws.TypeOf<ArgumentOutOfRangeException>());
        });
    }

    [Test]
    public void A_constant_has_as_many_values_as_its_shape()
    {
        var graph = new OnnxGraphBuilder("test");

        Assert.Multiple(() =>
        {
            Assert.That(() => graph.Constant("c", [1f, 2f], 3), Throws.ArgumentException.With.Message.Contains("'c' has 2 values, but the shape [3]"));
            Assert.That(() => graph.Constant("c", [1L, 2L], 2, 2), Throws.ArgumentException.With.Message.Contains("[2, 2]"));
            Assert.That(() => graph.Constant("c", [1f, 2f]), Throws.ArgumentException);
            Assert.That(() => graph.Constant("c", [1f, 2f], -1, -2), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(graph.Constant("c", [1f]), Is.EqualTo("c"), "a scalar, whose name is free still");
        });
    }

    [Test]
    public void Indices_come_as_a_vector_or_as_a_matrix()
    {
        var graph = new OnnxGraphBuilder("test");
        graph.IndexOutput("choice", "One.");
        graph.IndexOutput("choices", "Three.", length: 3);
        var shapes = Parse(graph).Graph.Output.Select(output => output.Type.TensorType.Shape.Dim.Select(dimension => (dimension.DimParam, dimension.DimValue)));

        Assert.That(shapes, Is.EqualTo(new[] { new[] { ("N", 0L) }, [("N", 0L), ("", 3L)] }));
    }

    [Test]
    public void OnnxRuntime_runs_nodes_with_every_kind_of_attribute_and_constant()
    {
        var graph = new OnnxGraphBuilder("test");
        var x = graph.Input("x", 3, "An input.");
        graph.Node("Split", ["one", "two"], [x], ("axis", 1), ("split", new long[] { 1, 2 }));
        graph.Node("LeakyRelu", "leaky", ["two"], ("alpha", 0.25f));
        graph.Node("Slice", "last", [x, graph.Constant("starts", [2L], 1), graph.Constant("ends", [3L], 1), graph.Constant("axes", [1L], 1)]);
        graph.Node("Reshape", "reshaped", ["leaky", graph.Constant("shape", [-1L, 2L], 2)]);
        graph.Node("Clip", "clipped", ["reshaped", "", graph.Constant("greatest", [2f])]);
        graph.Node("Concat", "y", ["one", "clipped", "last"], ("axis", 1));
        graph.Output("y", 4, "An output.");
        using var session = new InferenceSession(graph.Build("A test.", []));
        using var input = OrtValue.CreateTensorValueFromMemory(new float[] { 1, -4, 3, 5, 1, -8 }, [2, 3]);
        using var run = new RunOptions();
        using var outputs = session.Run(run, ["x"], [input], ["y"]);

        Assert.That(outputs[0].GetTensorDataAsSpan<float>().ToArray(), Is.EqualTo(new float[] { 1, -1, 2, 3, 5, 1, -2, -8 }));
    }

    private static ModelProto Parse(OnnxGraphBuilder graph) => ModelProto.Parser.ParseFrom(graph.Build("A test.", []));
}
