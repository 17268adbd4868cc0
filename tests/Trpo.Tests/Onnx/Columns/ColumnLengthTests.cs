using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using Trpo.Tests.Support;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Onnx.Columns;

/// <summary>Tests of graphs whose inputs are larger, other or more than a policy has.</summary>
public sealed class ColumnLengthTests
{
    [TestCase(int.MaxValue, "Float", 1)]
    [TestCase(1 << 28, "Int8", 4)]
    [TestCase(1 << 28, "String", 1)]
    [TestCase(1L << 40, "Float", 1)]
    public void Inputs_that_would_take_too_much_memory_are_refused_with_and_without_trust(long length, string type, int count)
    {
        var onnx = UnusedInputs.Add(LiteralPolicies.InOnnxRuntime(), "unused", length, Enum.Parse<DataType>(type), count);
        var before = GC.GetTotalAllocatedBytes();

        Assert.That(() => PolicySession.Open(onnx), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'unused0'"));
        Assert.That(() => PolicySession.Open(onnx, trust: true), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'unused0'"));
        Assert.That(GC.GetTotalAllocatedBytes() - before, Is.LessThan(50 << 20));
    }

    [Test]
    public void A_number_of_rows_that_no_array_has_room_for_is_refused_by_name()
    {
        using var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Choices));

        Assert.That(() => session.CreateBatch(int.MaxValue), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("A row has 4 values").And.Property("ParamName").EqualTo("capacity"));
        Assert.That(() => session.CreateBatch(0), Throws.TypeOf<ArgumentOutOfRangeException>());
    }

    [Test]
    public void A_missing_number_in_a_raw_column_gives_a_missing_action_where_the_graph_does_not_mark_it([Values] bool isDouble)
    {
        using var session = PolicySession.Open(UnusedInputs.Add(LiteralPolicies.InOnnxRuntime(), "unused", 1, isDouble ? DataType.Double : DataType.Float));
        Assert.That(session.Metadata.MarksMissing, Is.False);
        using var batch = session.CreateBatch(2);
        for (var row = 0; row < 2; row++)
        {
            batch.SetVector<float>(row, PolicyValues.Observation, [1, 2, 3, 4]);
            if (isDouble)
                batch.Set(row, "unused0", row == 1 ? double.NaN : 0);
            else
                batch.Set(row, "unused0", row == 1 ? float.NaN : 0);
        }

        batch.Run(2);

        Assert.That(batch.Choice(0), Is.InRange(0, 2));
        Assert.That(batch.Choice(1), Is.EqualTo(-1));
        Assert.That(batch.Score(1).ToArray(), Is.All.NaN);
    }

    [Test]
    public void A_choice_that_does_not_exist_is_an_exception()
    {
        var model = ModelProto.Parser.ParseFrom(LiteralPolicies.InOnnxRuntime());
        var choice = model.Graph.Node.Single(node => node.OpType == "ArgMax");
        choice.Output[0] = "plain";
        model.Graph.Initializer.Add(new TensorProto { Name = "offset", DataType = (int)DataType.Int64, Int64Data = { 99 } });
        model.Graph.Node.Add(new NodeProto { OpType = "Add", Name = "shifted", Input = { "plain", "offset" }, Output = { PolicyValues.Action } });

        Assert.That(() => PolicySession.Open(SealedModel.Seal(model)), Throws.TypeOf<InvalidDataException>().With.Message.Contains("the choice ").And.Message.Contains(" of 3"));
    }
}
