using Google.Protobuf;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using AttributeType = Trpo.Onnx.Graph.Format.AttributeProto.Types.AttributeType;

namespace Trpo.Tests.Onnx;

/// <summary>Exported policies follow the rules of ONNX, and the checker that says so finds what does not.</summary>
public sealed class OnnxCheckerTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];

    [TestCaseSource(nameof(Spaces))]
    public void An_exported_policy_has_no_fault(ActionSpace space) =>
        Assert.That(OnnxChecker.Faults(ModelProto.Parser.ParseFrom(Support.Policies.Onnx(space))), Is.Empty);

    [Test]
    public void A_fault_of_the_model_is_found()
    {
        Assert.Multiple(() =>
        {
            Finds(model => model.IrVersion = 0, "no IR version");
            Finds(model => model.IrVersion = 6, "needs IR version 7");
            Finds(model => model.OpsetImport.Clear(), "imports no operator set");
            Finds(model => model.OpsetImport[0].Version = 0, "has no version");
            Finds(model => model.OpsetImport.Add(model.OpsetImport[0].Clone()), "imported twice");
            Finds(model => model.DocString = "", "the model has no documentation");
            Finds(model => model.MetadataProps.Add(model.MetadataProps[1].Clone()), "'trpo.observation_space' twice");
            Finds(model => model.Graph = null, "no graph");
        });
    }

    [Test]
    public void A_fault_of_the_graph_is_found()
    {
        Assert.Multiple(() =>
        {
            Finds(model => model.Graph.Name = "", "a graph has no name");
            Finds(model => model.Graph.Name = "a policy", "'a policy' is no identifier");
            Finds(model => model.Graph.DocString = "", "the graph has no documentation");
            Finds(model => model.Graph.Input[0].DocString = "", "'observation' has no documentation");
            Finds(model => model.Graph.Output[1].DocString = "", "'score' has no documentation");
            Finds(model => model.Graph.Output.Clear(), "no outputs");
            Finds(model => model.Graph.Input.Add(model.Graph.Input[0].Clone()), "'observation' is defined twice");
            Finds(model => model.Graph.Output.Add(model.Graph.Output[0].Clone()), "'action' is declared twice");
            Finds(model => model.Graph.Output[0].Name = "elsewhere", "'elsewhere' is not produced");
            Finds(model => model.Graph.Output[0].Name = "", "has no name");
            Finds(model => model.Graph.Input[0].Type = null, "has no type");
            Finds(model => model.Graph.Input[0].Type.TensorType.ElemType = 0, "no element type");
            Finds(model => model.Graph.Input[0].Type.TensorType.Shape = null, "no shape");
            Finds(model => model.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimValue = -1, "negative dimension");
        });
    }

    [Test]
    public void A_fault_of_a_node_is_found()
    {
        Assert.Multiple(() =>
        {
            Finds(model => model.Graph.Node[0].OpType = "", "no operator");
            Finds(model => model.Graph.Node[0].Domain = "com.example", "'com.example', which is not imported");
            Finds(model => model.Graph.Node[0].Output.Clear(), "no name for its output");
            Finds(model => model.Graph.Node[0].Output[0] = "", "no name for its output");
            Finds(model => model.Graph.Node[1].Output[0] = model.Graph.Node[0].Output[0], "is defined twice");
            Finds(model => model.Graph.Node[1].Output[0] = "observation", "'observation' is defined twice");
            Finds(model => model.Graph.Node[0].Output[0] = model.Graph.Initializer[0].Name, "is defined twice");
            Finds(model => model.Graph.Node[0].Input[0] = "nowhere", "reads 'nowhere' before");
            Finds(model => model.Graph.Node.Add(model.Graph.Node[0].Clone()), "two nodes are named");
            Finds(Reverse, "before it is defined");
            Finds(model => model.Graph.Node[0].Name = "a node", "'a node' is no identifier");
        });
    }

    [Test]
    public void A_fault_of_an_attribute_is_found()
    {
        Assert.Multiple(() =>
        {
            Finds(model => First(model).Name = "", "an attribute has no name");
            Finds(model => First(model).Type = AttributeType.Undefined, "has no type");
            Finds(model => First(model).Type = AttributeType.Float, "of type Float has a value of type Int");
            Finds(model => First(model).ClearI(), "has 0 values");
            Finds(model => First(model).F = 0, "has 2 values");
            Finds(model => model.Graph.Node[0].Attribute.Add(First(model).Clone()), "the attribute 'transB' twice");
            Finds(model => model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "t", Type = AttributeType.Tensor, T = new TensorProto { Name = "inner" } }), "'inner' has no type");
            Finds(model => model.Graph.Node[0].Attribute.Add(new AttributeProto { Name = "g", Type = AttributeType.Graph, G = new GraphProto() }), "a graph has no name");
        });
    }

    [Test]
    public void A_fault_of_a_tensor_is_found()
    {
        Assert.Multiple(() =>
        {
            Finds(model => Tensor(model).Name = "", "an initializer has no name");
            Finds(model => model.Graph.Initializer.Add(Tensor(model).Clone()), "is defined twice");
            Finds(model => Tensor(model).DataType = 0, "has no type");
            Finds(model => Tensor(model).DataType = 8, "of type String has its data in raw_data");
            Finds(model => Tensor(model).DataType = 7, "other data than its shape");
            Finds(model => Tensor(model).Dims[0]++, "other data than its shape");
            Finds(model => Tensor(model).Dims[0] *= -1, "negative dimension");
            Finds(model => Tensor(model).RawData = ByteString.CopyFrom(Tensor(model).RawData.Span[1..]), "other data than its shape");
            Finds(model => Tensor(model).ClearRawData(), "has 0 fields of data");
            Finds(model => Tensor(model).FloatData.Add(1), "has 2 fields of data");
            Finds(model => Move(Tensor(model)), "of type Float has its data in double_data");
            Finds(model => Tensor(model).DataLocation = TensorProto.Types.DataLocation.External, "in another file");
        });
    }

    [Test]
    public void Names_of_columns_need_not_be_identifiers()
    {
        var model = ModelProto.Parser.ParseFrom(Support.Policies.Onnx(Support.Policies.Choices));
        model.Graph.Name = "a policy";

        Assert.That(OnnxChecker.Faults(model, identifiers: false), Is.Empty);
    }

    private static AttributeProto First(ModelProto model) => model.Graph.Node[0].Attribute[0];

    private static TensorProto Tensor(ModelProto model) => model.Graph.Initializer[0];

    private static void Reverse(ModelProto model)
    {
        NodeProto[] nodes = [.. model.Graph.Node.Reverse()];
        model.Graph.Node.Clear();
        model.Graph.Node.Add(nodes);
    }

    private static void Move(TensorProto tensor)
    {
        tensor.ClearRawData();
        tensor.DoubleData.Add(Enumerable.Repeat(1.0, (int)tensor.Dims.Aggregate((a, b) => a * b)));
    }

    private static void Finds(Action<ModelProto> change, string fault)
    {
        var model = ModelProto.Parser.ParseFrom(Support.Policies.Onnx(Support.Policies.Choices));
        change(model);

        Assert.That(OnnxChecker.Faults(model), Has.Some.Contains(fault));
    }
}
