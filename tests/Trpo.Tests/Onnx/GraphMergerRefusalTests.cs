using Google.Protobuf;
using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Onnx;

public sealed class GraphMergerRefusalTests
{
    private static readonly WeatherPipeline Weather = new();

    private readonly MLContext _ml = new(seed: 1);
    private PolicyTransformer _policy = null!;
    private string _path = null!;

    [SetUp]
    public void Prepare()
    {
        _path = Path.Combine(Path.GetTempPath(), $"trpo-{Guid.NewGuid():N}.onnx");
        _policy = Support.Policies.Transformer(Support.Policies.Choices, WeatherPipeline.ObservationLength);
    }

    [TearDown]
    public void NothingWasWritten()
    {
        var exists = File.Exists(_path);
        File.Delete(_path);
        _policy.Dispose();
        Assert.That(exists, Is.False);
    }

    [Test]
    public void Another_operator_set_is_refused_with_the_overload_that_chooses_one() =>
        Assert.That(() => Export(Weather.Convert(opset: 11)), Throws.TypeOf<NotSupportedException>().With.Message.Contains("version 11 of ONNX's operators and the policy version 12").And.Message.Contains("ConvertToOnnx(preprocessor, data, opSetVersion: 12, stream)"));

    [Test]
    public void A_graph_for_another_policy_is_refused()
    {
        Assert.Multiple(() =>
        {
            Refuse<ArgumentException>(graph => graph.Graph.Output.RemoveAt(5), "no output 'Observation.output' or 'Observation'", "'Kind.output'");
            Refuse<ArgumentException>(graph => Output(graph).Shape.Dim[1].DimValue = 8, "'Observation.output'", "Float[?, 8]", "Float[N, 7]");
            Refuse<ArgumentException>(graph => Output(graph).Shape.Dim.RemoveAt(0), "Float[7]");
            Refuse<ArgumentException>(graph => Output(graph).ElemType = (int)DataType.Double, "Double[?, 7]");
            Refuse<ArgumentException>(graph => graph.Graph.Node[^1].Input[0] = graph.Constant("fixed", 1f), "depends on none of its inputs");
        });
    }

    [Test]
    public void Parts_that_cannot_be_merged_are_refused_by_name()
    {
        Assert.Multiple(() =>
        {
            Refuse<NotSupportedException>(graph => graph.Model.Functions.Add(new FunctionProto { Name = "Smooth" }), "'Smooth'");
            Refuse<NotSupportedException>(graph => Named(graph, "scale").DataLocation = TensorProto.Types.DataLocation.External, "'scale'", "another file");
            Refuse<NotSupportedException>(graph => Named(graph, "offset").ExternalData.Add(new StringStringEntryProto { Key = "location", Value = "weights.bin" }), "'offset'");
            Refuse<NotSupportedException>(MakeSparse, "'scale'", "sparse");
            Refuse<NotSupportedException>(graph => graph.Graph.Input[0].Type = new TypeProto(), "'Kind'", "not a tensor");
            Refuse<NotSupportedException>(graph => graph.Graph.Input[2].Type.TensorType.Shape.Dim[0].DimValue = 5, "'Wind'", "Float[5, 3]");
            Refuse<NotSupportedException>(graph => graph.Graph.Input[1].Type.TensorType.Shape = null, "'Temperature'");
            Refuse<InvalidDataException>(graph => Named(graph, "shape").Int64Data[0] = 1, "for every batch");
            Refuse<NotSupportedException>(BranchOff, "'If0' (If)", "no control flow");
        });
    }

    [Test]
    public void A_graph_that_is_not_admitted_is_refused_by_node_and_limit()
    {
        Assert.Multiple(() =>
        {
            Refuse<InvalidDataException>(graph => Behind(graph, "Tile", [graph.Constant("times", 1L, 1L << 40)]), "'Tile0' (Tile)", "128 are admitted");
            Refuse<InvalidDataException>(graph => Behind(graph, "RandomNormalLike"), "not among those that are admitted: 'RandomNormalLike' of ONNX, first in the node 'RandomNormalLike0'.");
            Refuse<ArgumentException>(graph => Undeclared(graph, "Slice", graph.Constant("from", 0L), graph.Constant("until", 3L), graph.Constant("along", 1L)), "Float[N, 3]", "Float[N, 7]");
            Assert.That(() => Export(Changed(graph => Behind(graph, "NonZero"))), Throws.TypeOf<InvalidDataException>().With.Message.Not.Contains("trust: true"), "no word of the caller's opens a graph in front");
        });
    }

    [Test]
    public void A_graph_that_is_not_valid_is_refused()
    {
        Assert.Multiple(() =>
        {
            Refuse<InvalidDataException>(graph => graph.Graph.Node[4].Output[0] = "KindBits0", "defines the value 'KindBits0' twice");
            Refuse<InvalidDataException>(graph => graph.Graph.Input[3].Name = "Wind", "defines the value 'Wind' twice");
            Refuse<InvalidDataException>(graph => graph.Graph.Initializer.Add(graph.Graph.Initializer[0].Clone()), "defines the value 'shape' twice");
            Refuse<InvalidDataException>(graph => graph.Graph.Node[3].Input[1] = "nowhere", "reads the value 'nowhere'", "FeatureVectorizer");
            Refuse<InvalidDataException>(graph => graph.Graph.Node[4].Input[0] = "Observation0", "reads the value 'Observation0'");
            Refuse<InvalidDataException>(graph => graph.Model.OpsetImport.RemoveAt(0), "'ai.onnx.ml'");
            Refuse<InvalidDataException>(graph => graph.Graph.Node[4].OpType = "Subtract", "'Subtract'", "not among those that are admitted");
            Refuse<InvalidDataException>(graph => graph.Graph.Node[4].Domain = "com.example", "'com.example'");
            Refuse<InvalidDataException>(graph => graph.Model.OpsetImport[0].Version = 99, "OnnxRuntime");
            Refuse<InvalidDataException>(graph => graph.Model.IrVersion = 99, "OnnxRuntime");
            Refuse<InvalidDataException>(graph => graph.Graph.Input[2].Type.TensorType.Shape.Dim[1].DimValue = 1L << 30, "The input 'Wind'", "128 are admitted");
        });
    }

    [Test]
    public void Transforms_behind_the_policy_are_refused()
    {
        var view = Support.Policies.View(_ml, Support.Policies.Observations(5));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var named = policy.Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(policy.Transform(view)));

        Assert.That(() => _ml.ReinforcementLearning.ExportToOnnx(named, _path, Weather.Convert().Stream), Throws.TypeOf<NotSupportedException>().With.Message.Contains("KeyToValueMappingTransformer"));
    }

    [Test]
    public void A_stream_without_a_model_is_refused_with_the_reason()
    {
        using var atItsEnd = new MemoryStream();
        Weather.Convert().Model.WriteTo(atItsEnd);
        var closed = new MemoryStream();
        closed.Dispose();

        Assert.Multiple(() =>
        {
            Assert.That(() => Export(atItsEnd), Throws.TypeOf<InvalidDataException>().With.Message.Contains("stands at its end"));
            Assert.That(() => Export(new MemoryStream()), Throws.TypeOf<InvalidDataException>().With.Message.Contains("is empty"));
            Assert.That(() => Export(new MemoryStream("PK is no model"u8.ToArray())), Throws.TypeOf<InvalidDataException>().With.Message.Contains("no ONNX model"));
            Assert.That(() => Export(new MemoryStream(new ModelProto { IrVersion = 7 }.ToByteArray())), Throws.TypeOf<InvalidDataException>().With.Message.Contains("no ONNX model with a graph"));
            Assert.That(() => Export(closed), Throws.ArgumentException.With.Message.Contains("cannot be read"));
            Assert.That(() => _ml.ReinforcementLearning.ExportToOnnx(_policy, _path, (Stream)null!), Throws.ArgumentNullException);
        });
    }

    [Test]
    public void A_graph_that_is_cut_short_is_refused()
    {
        var bytes = Weather.Convert().Model.ToByteArray();
        for (var length = 0; length < bytes.Length; length += 29)
            Assert.That(() => Export(new MemoryStream(bytes[..length])), Throws.TypeOf<InvalidDataException>(), $"cut at {length}");
    }

    [Test]
    public void A_damaged_graph_is_refused_or_runs()
    {
        var bytes = Weather.Convert().Model.ToByteArray();
        var random = new RandomSource(5);
        var refused = 0;
        for (var round = 0; round < 300; round++)
        {
            byte[] damaged = [.. bytes];
            damaged[random.NextInt(bytes.Length)] ^= (byte)(1 << random.NextInt(8));
            try
            {
                Export(new MemoryStream(damaged));
                File.Delete(_path);
            }
            catch (Exception exception) when (exception is InvalidDataException or ArgumentException or NotSupportedException)
            {
                refused++;
                Assert.That(File.Exists(_path), Is.False);
            }
        }

        Assert.That(refused, Is.GreaterThan(50));
    }

    [Test]
    public void A_graph_that_does_not_compute_each_row_alone_is_refused()
    {
        Assert.Multiple(() =>
        {
            Refuse<NotSupportedException>(graph => Behind(graph, "ReduceMean", ("axes", new long[] { 0 })), "if there are other rows");
            Refuse<NotSupportedException>(graph => Behind(graph, "ReduceMin", ("axes", new long[] { 0 })), "if there are other rows");
            Refuse<NotSupportedException>(graph => Behind(graph, "CumSum", [graph.Constant("rows", 0L)]), "if there are other rows");
        });
    }

    [Test]
    public void An_existing_file_is_left_unchanged()
    {
        File.WriteAllText(_path, "before");
        Assert.That(() => Export(new MemoryStream()), Throws.TypeOf<InvalidDataException>());

        Assert.That(File.ReadAllText(_path), Is.EqualTo("before"));
        File.Delete(_path);
    }

    private static TensorProto Named(ConverterGraph graph, string name) => graph.Graph.Initializer.Single(tensor => tensor.Name == name);

    private static TypeProto.Types.Tensor Output(ConverterGraph graph) => graph.Graph.Output.Single(output => output.Name == "Observation.output").Type.TensorType;

    // The nodes behind it are added to the observation.
    private static void Behind(ConverterGraph graph, string operation, params (string Name, object Value)[] attributes) => Behind(graph, operation, [], attributes);

    private static void Behind(ConverterGraph graph, string operation, string[] inputs, params (string Name, object Value)[] attributes)
    {
        var last = graph.Graph.Node[^1];
        graph.Graph.Node.Remove(last);
        graph.Node(operation, "", "other", ["Observation0", .. inputs], attributes);
        graph.Node("Add", "", "both", ["Observation0", "other"]);
        last.Input[0] = "both";
        graph.Graph.Node.Add(last);
    }

    // The output declares no shape, and the node behind the observation changes it.
    private static void Undeclared(ConverterGraph graph, string operation, params string[] inputs)
    {
        var last = graph.Graph.Node[^1];
        graph.Graph.Node.Remove(last);
        last.Input[0] = graph.Node(operation, "", "other", ["Observation0", .. inputs]);
        graph.Graph.Node.Add(last);
        graph.Graph.Output.Single(output => output.Name == "Observation.output").Type = null;
    }

    // The observation, or itself: the branch is chosen by a constant.
    private static void BranchOff(ConverterGraph graph)
    {
        var last = graph.Graph.Node[^1];
        graph.Graph.Node.Remove(last);
        graph.Graph.Initializer.Add(new TensorProto { Name = "on", DataType = (int)DataType.Bool, Int32Data = { 1 } });
        last.Input[0] = graph.Node("If", "", "chosen", ["on"], ("then_branch", Branch("then")), ("else_branch", Branch("else")));
        graph.Graph.Node.Add(last);
    }

    private static GraphProto Branch(string name)
    {
        var branch = new GraphProto { Name = name, Node = { new NodeProto { OpType = "Identity", Name = name, Input = { "Observation0" }, Output = { $"{name}_value" } } } };
        branch.Output.Add(ConverterGraph.Value($"{name}_value", DataType.Float, 1, WeatherPipeline.ObservationLength));
        return branch;
    }

    private static void MakeSparse(ConverterGraph graph)
    {
        var scale = Named(graph, "scale");
        graph.Graph.Initializer.Remove(scale);
        graph.Graph.SparseInitializer.Add(new SparseTensorProto { Values = scale });
    }

    private void Refuse<T>(Action<ConverterGraph> change, params string[] message) where T : Exception
    {
        var exception = Assert.Throws<T>(() => Export(Changed(change)));
        foreach (var part in message)
            Assert.That(exception?.Message, Does.Contain(part));
    }

    private static ConverterGraph Changed(Action<ConverterGraph> change)
    {
        var graph = Weather.Convert();
        change(graph);
        return graph;
    }

    private void Export(ConverterGraph graph) => Export(graph.Stream);

    private void Export(Stream stream) => _ml.ReinforcementLearning.ExportToOnnx(_policy, _path, stream);
}
