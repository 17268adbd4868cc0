using System.Runtime.InteropServices;
using Google.Protobuf;
using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>ONNX files that are well-formed, and ask for something that no policy does.</summary>
public sealed class ForeignPolicyTests
{
    private static readonly byte[] Exported = Support.Policies.Onnx(Support.Policies.Choices);

    [TestCase(new[] { 7, 5, 13 }, "another file")]
    [TestCase(new[] { 7, 1, 5, 5, 13 }, "another file")]
    [TestCase(new[] { 7, 1, 5, 10, 13 }, "another file")]
    [TestCase(new[] { 7, 1, 5, 6 }, "a subgraph")]
    [TestCase(new[] { 7, 1, 5, 11 }, "a subgraph")]
    [TestCase(new[] { 7, 15 }, "sparse tensors")]
    [TestCase(new[] { 20 }, "training information")]
    [TestCase(new[] { 25 }, "functions of its own")]
    [TestCase(new[] { 7, 99 }, "field 99 of a GraphProto")]
    public void Fields_that_lead_out_of_the_graph_are_refused_by_name(int[] path, string name) =>
        Assert.That(() => PolicySession.Open(Rewriting.WithField(Exported, path)), Refused(name));

    [Test]
    public void Data_in_another_file_are_refused_wherever_a_tensor_stands()
    {
        var attribute = new AttributeProto { Name = "value", T = new TensorProto { DataType = 1, DataLocation = TensorProto.Types.DataLocation.External } };

        Assert.That(() => Open(model => model.Graph.Initializer[0].DataLocation = TensorProto.Types.DataLocation.External), Refused("another file"));
        Assert.That(() => Open(model => model.Graph.Node[0].Attribute.Add(attribute)), Refused("another file"));
    }

    [Test]
    public void Operators_that_are_not_of_ONNX_are_refused()
    {
        Assert.That(() => Open(model => model.Graph.Node[0].Domain = "com.example"), Refused("'com.example'"));
        Assert.That(() => Open(model => model.OpsetImport.Add(new OperatorSetIdProto { Domain = "com.example", Version = 1 })), Refused("'com.example'"));
        Assert.That(() => Open(model => model.Graph.Node[0].Domain = "com.microsoft"), Refused("of 'com.microsoft'"));
        Assert.That(() => Open(model => model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx", Version = 13 })), Refused("twice"));
        Assert.That(() => Open(model => model.OpsetImport.Add(new OperatorSetIdProto { Domain = "ai.onnx.ml", Version = 2 })), Throws.Nothing);
    }

    [Test]
    public void Tensors_have_as_many_values_as_their_shapes_say()
    {
        Assert.That(() => Open(model => model.Graph.Initializer[0].Dims[0]++), Refused("a number of values that does not match"));
        Assert.That(() => Open(model => model.Graph.Initializer[0].Dims[0] = -1), Refused("has the shape"));
        Assert.That(() => Open(model => model.Graph.Initializer[0].Dims[0] = long.MaxValue), Refused("has the shape"));
        Assert.That(() => Open(model => model.Graph.Initializer[0].RawData = ByteString.Empty), Refused("a number of values that does not match"));
        Assert.That(() => Open(model => model.Graph.Initializer[0].DataType = 14), Refused("type 14"));
        Assert.That(() => Open(model => InFields(model.Graph.Initializer[0])), Throws.Nothing);
    }

    [Test]
    public void Newer_versions_are_refused_with_both_version_numbers()
    {
        Assert.That(() => Open(model => Metadata(model, "trpo.version").Value = "2"), Refused("exported by a newer version (2) than this library reads (1): update Trpo.Onnx"));
        Assert.That(() => Open(model => model.IrVersion = 14), Refused("IR version 14, but OnnxRuntime reads versions up to 13"));
        Assert.That(() => Open(model => model.OpsetImport[0].Version = 27), Refused("operator set 27, but OnnxRuntime has sets up to 26"));
        Assert.That(() => Open(model => model.MetadataProps.Add(new StringStringEntryProto { Key = "trpo.normaliser", Value = "1" })), Refused("'trpo.normaliser'"));
    }

    [Test]
    public void The_newest_versions_are_those_of_the_runtime()
    {
        Assert.That(() => RunByRuntime(model => (model.IrVersion, model.OpsetImport[0].Version) = (ModelStructure.MaxIrVersion, ModelStructure.MaxOpset)), Throws.Nothing);
        Assert.That(() => RunByRuntime(model => model.IrVersion = ModelStructure.MaxIrVersion + 1), Throws.TypeOf<OnnxRuntimeException>());
        Assert.That(() => RunByRuntime(model => model.OpsetImport[0].Version = ModelStructure.MaxOpset + 1), Throws.TypeOf<OnnxRuntimeException>());
    }

    [Test]
    public void A_digest_with_a_damaged_name_counts_as_missing()
    {
        var place = Exported.AsSpan().IndexOf("trpo.sha256"u8);
        for (var bit = 0; bit < 8 * "trpo.sha256".Length; bit++)
        {
            byte[] damaged = [.. Exported];
            damaged[place + (bit / 8)] ^= (byte)(1 << (bit % 8));
            Assert.That(() => PolicySession.Open(damaged), Throws.TypeOf<InvalidDataException>(), $"bit {bit}");
        }
    }

    [Test]
    public void A_graph_changed_on_purpose_is_marked_and_opens()
    {
        var model = ModelProto.Parser.ParseFrom(Exported);
        model.Graph.Initializer[0].RawData = ByteString.CopyFrom(new byte[model.Graph.Initializer[0].RawData.Length]);
        Assert.That(() => PolicySession.Open(model.ToByteArray()), Refused("does not match its digest"));
        Metadata(model, PolicyMetadata.DigestKey).Value = "none";
        Assert.That(() => PolicySession.Open(model.ToByteArray()).Dispose(), Throws.Nothing);
        model.MetadataProps.Remove(Metadata(model, PolicyMetadata.DigestKey));
        Assert.That(() => PolicySession.Open(model.ToByteArray()), Refused("no 'trpo.sha256'"));
        model.MetadataProps.Add(model.MetadataProps[0].Clone());
        Assert.That(() => PolicySession.Open(model.ToByteArray()), Refused("twice"));
    }

    [Test]
    public void A_small_file_cannot_ask_for_much_memory()
    {
        // 2 times 65,536 numbers make 17 gigabytes.
        byte[] product = Sealed(model =>
        {
            Constant(model, "column", 65_536, 1);
            Constant(model, "row", 1, 65_536);
            InFront(model, ["column", "row"]);
        });
        var nodes = new byte[1_000_000];
        for (var i = 0; i < nodes.Length; i += 2)
            nodes[i] = 0x0A;
        var graph = new byte[] { 0x3A }.Concat(Varint(nodes.Length)).Concat(nodes).ToArray();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(() => PolicySession.Open(product), Refused("The node 'product' (Mul)"));
        Assert.That(() => PolicySession.Open([.. Exported, .. graph]), Refused("more than 200000 parts"));
        Assert.That(() => Open(model => Metadata(model, "trpo.action_space").Value = """{"type":"multi_discrete","counts":[16777216]}"""), Refused("choices"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(20 << 20));
        Assert.That(() => PolicySession.Open(Rewriting.WithField(Exported, 7)), Refused("field 7 of a ModelProto occurs twice"));
    }

    [Test]
    public void A_file_above_the_limit_is_refused_before_it_is_read()
    {
        var path = Path.GetTempFileName();
        try
        {
            using (var file = File.OpenWrite(path))
                file.SetLength(PolicySession.MaxBytes + 1L);
            var before = GC.GetAllocatedBytesForCurrentThread();

            Assert.That(() => PolicySession.Open(path), Throws.TypeOf<InvalidDataException>().With.Message.Contains(path).And.Message.Contains("256 MiB"));
            Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
        }
        finally
        {
            File.Delete(path);
        }
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Refused(string why) =>
        Throws.TypeOf<InvalidDataException>().With.Message.Contains("Could not open a policy").And.Message.Contains(why);

    private static void Open(Action<ModelProto> change) => PolicySession.Open(Sealed(change)).Dispose();

    private static byte[] Sealed(Action<ModelProto> change)
    {
        var model = ModelProto.Parser.ParseFrom(Exported);
        change(model);
        return SealedModel.Seal(model);
    }

    private static void RunByRuntime(Action<ModelProto> change)
    {
        using var options = new SessionOptions { LogSeverityLevel = OrtLoggingLevel.ORT_LOGGING_LEVEL_FATAL };
        using var session = new InferenceSession(Sealed(change), options);
    }

    private static StringStringEntryProto Metadata(ModelProto model, string key) => model.MetadataProps.Single(pair => pair.Key == key);

    // The same values as repeated floats.
    private static void InFields(TensorProto tensor)
    {
        tensor.FloatData.Add(MemoryMarshal.Cast<byte, float>(tensor.RawData.Span).ToArray());
        tensor.ClearRawData();
    }

    private static void Constant(ModelProto model, string name, params long[] dims)
    {
        var tensor = new TensorProto { Name = name, DataType = 1, RawData = ByteString.CopyFrom(new byte[4 * dims.Aggregate((a, b) => a * b)]) };
        tensor.Dims.Add(dims);
        model.Graph.Initializer.Add(tensor);
    }

    // observation + sum(left * right), in the place of the observation.
    private static void InFront(ModelProto model, string[] product)
    {
        var nodes = model.Graph.Node.ToList();
        model.Graph.Node.Clear();
        Node(model, "Mul", "product", product);
        Node(model, "ReduceSum", "sum", "product");
        model.Graph.Node[^1].Attribute.Add(new AttributeProto { Name = "keepdims", Type = AttributeProto.Types.AttributeType.Int });
        Node(model, "Add", "shifted", PolicyValues.Observation, "sum");
        nodes[0].Input[nodes[0].Input.IndexOf(PolicyValues.Observation)] = "shifted";
        model.Graph.Node.Add(nodes);
    }

    private static void Node(ModelProto model, string operation, string output, params string[] inputs)
    {
        var node = new NodeProto { OpType = operation, Name = output };
        node.Input.Add(inputs);
        node.Output.Add(output);
        model.Graph.Node.Add(node);
    }

    private static byte[] Varint(int value)
    {
        using var buffer = new MemoryStream();
        using (var output = new CodedOutputStream(buffer, leaveOpen: true))
            output.WriteUInt32((uint)value);
        return buffer.ToArray();
    }
}
