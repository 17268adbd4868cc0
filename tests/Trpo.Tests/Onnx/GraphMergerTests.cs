using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Onnx;

public sealed class GraphMergerTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];
    private static readonly WeatherPipeline Weather = new();

    private readonly MLContext _ml = new(seed: 1);
    private string _path = null!;

    [SetUp]
    public void ChoosePath() => _path = Path.Combine(Path.GetTempPath(), $"trpo-{Guid.NewGuid():N}.onnx");

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [TestCaseSource(nameof(Spaces))]
    public void A_merged_graph_does_what_the_chain_does(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space, WeatherPipeline.ObservationLength);
        var model = Weather.Transformer.Append(policy);
        _ml.ReinforcementLearning.ExportToOnnx(model, _path, Weather.Convert().Stream);

        var outputs = Run(File.ReadAllBytes(_path));
        var expected = model.Transform(Weather.Data);
        float[] actions = space is DiscreteActionSpace
            ? [.. expected.GetColumn<uint>("Action").Select(action => action - 1f)]
            : [.. expected.GetColumn<float[]>("Action").SelectMany(action => action)];
        float[] scores = [.. expected.GetColumn<float[]>("Score").SelectMany(score => score)];
        Assert.Multiple(() =>
        {
            Assert.That(outputs["action"], Is.EqualTo(actions).Within(space is BoxActionSpace ? 1e-5f : 0));
            Assert.That(outputs["score"], Is.EqualTo(scores).Within(1e-5f));
            Assert.That(scores.Distinct().Count(), Is.GreaterThan(300), "the scores differ from row to row");
            Assert.That(actions.Distinct().Count(), Is.GreaterThan(1), "the actions differ");
        });
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_merged_graph_takes_the_columns_that_matter_and_keeps_the_rest_of_the_policy(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space, WeatherPipeline.ObservationLength);
        var bytes = Merge(policy, Weather.Convert());
        var merged = ModelProto.Parser.ParseFrom(bytes);
        var alone = ModelProto.Parser.ParseFrom(policy.Onnx.Span);

        Assert.Multiple(() =>
        {
            Assert.That(OnnxChecker.Faults(merged, identifiers: false), Is.Empty);
            Assert.That(merged.Graph.Input.Select(Describe), Is.EqualTo(new[] { "Kind String[N, 1]", "Temperature Float[N, 1]", "Wind Float[N, 3]" }), "without the label");
            Assert.That(merged.Graph.Output, Is.EqualTo(alone.Graph.Output));
            Assert.That(merged.Graph.Node.Select(node => node.OpType).Take(7), Is.EqualTo(new[] { "LabelEncoder", "OneHotEncoder", "Reshape", "FeatureVectorizer", "Sub", "Mul", "Identity" }), "without what passes columns through");
            Assert.That(merged.Graph.Initializer.Select(tensor => tensor.Dims.Count), Has.Exactly(alone.Graph.Initializer.Count(tensor => tensor.Dims.Count == 2)).EqualTo(2), "the layers' weights");
            Assert.That(merged.OpsetImport.Select(opset => (opset.Domain, opset.Version)), Is.EquivalentTo(new[] { ("", 12L), ("ai.onnx.ml", 2L) }));
            Assert.That((merged.IrVersion, merged.ProducerName, merged.DocString), Is.EqualTo((7L, "Trpo.MLNet", alone.DocString)));
            Assert.That(merged.MetadataProps.Where(pair => pair.Key is not ("trpo.sha256" or "trpo.marks_missing")), Is.EqualTo(alone.MetadataProps.Where(pair => pair.Key != "trpo.sha256")));
            Assert.That(() => PolicyMetadata.FromOnnx(bytes), Throws.Nothing);
        });
    }

    [Test]
    public void A_session_acts_on_the_columns_of_the_graph_in_front()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, WeatherPipeline.ObservationLength);
        _ml.ReinforcementLearning.ExportToOnnx(policy, _path, Weather.Convert().Stream);
        using var session = PolicySession.Open(_path);

        Assert.That(session.InputColumns.Select(column => $"{column}"), Is.EqualTo(new[] { "Kind (Text)", "Temperature", "Wind[3]" }));
        Assert.That(Weather.Rows.Select(row => (uint)session.ActOn(row) + 1), Is.EqualTo(policy.Transform(Weather.Transformer.Transform(Weather.Data)).GetColumn<uint>("Action")));
    }

    [Test]
    public void A_single_vector_keeps_the_name_of_its_column()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var graph = new ConverterGraph();
        graph.Input("Sensors", DataType.Float, 1, 4);
        graph.Graph.Input[0].Type.TensorType.Shape.Dim[0].DimParam = "None";
        graph.Node("Neg", "", "Negated", ["Sensors"]);
        graph.Output("Observation", "Negated", DataType.Float, -1);
        var merged = ModelProto.Parser.ParseFrom(Merge(policy, graph));

        Assert.That(merged.Graph.Input.Select(Describe), Is.EqualTo(new[] { "Sensors Float[N, 4]" }));
    }

    [Test]
    public void The_column_may_be_an_output_of_its_own_name_or_pass_through()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var graph = new ConverterGraph();
        graph.Input("Observation", DataType.Float, -1, 4);
        graph.Graph.Output.Add(ConverterGraph.Value("Observation", DataType.Float, -1, 4));
        float[] observations = [.. Support.Policies.Observations(20).SelectMany(row => row)];

        var merged = RawRun.Run(Merge(policy, graph), 20, ("Observation", observations));
        var alone = RawRun.Run(policy.Onnx.ToArray(), 20, ("observation", observations));
        Assert.That(merged["score"], Is.EqualTo(alone["score"]));
    }

    [TestCaseSource(nameof(Spaces))]
    public void Names_that_both_graphs_use_do_not_conflict(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space, WeatherPipeline.ObservationLength);
        var expected = Run(Merge(policy, Weather.Convert()));
        var alone = ModelProto.Parser.ParseFrom(policy.Onnx.Span).Graph;
        string[] names = [.. GraphTraversal.Names(alone).Distinct()];
        string[] inner = ["KindBits0", "encoded", "KindBits1", "Observation", "SubNode", "Observation0", "shape", "offset", "scale"];
        for (var start = 0; start < names.Length; start++)
        {
            var renaming = inner.Index().ToDictionary(item => item.Item, item => names[(start + item.Index) % names.Length] + (item.Index < names.Length ? "" : "_"));
            var graph = Weather.Convert();
            new GraphRenaming(renaming).Apply(graph.Graph);
            foreach (var (node, other) in graph.Graph.Node.Zip(alone.Node))
                node.Name = other.Name;
            var merged = Merge(policy, graph);

            Assert.That(OnnxChecker.Faults(ModelProto.Parser.ParseFrom(merged), identifiers: false), Is.Empty);
            Assert.That(Run(merged)["score"], Is.EqualTo(expected["score"]));
            Assert.That(Run(merged)["action"], Is.EqualTo(expected["action"]));
        }
    }

    [Test]
    public void An_input_with_the_name_of_an_output_of_the_policy_gets_a_prefix([Values("action", "score", "logits")] string name)
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, WeatherPipeline.ObservationLength);
        var graph = Weather.Convert();
        new GraphRenaming(new Dictionary<string, string> { ["Temperature"] = name, ["SubNode"] = $"input_{name}" }).Apply(graph.Graph);
        var merged = Merge(policy, graph);

        Assert.That(ModelProto.Parser.ParseFrom(merged).Graph.Input.Select(input => input.Name), Is.EqualTo(new[] { "Kind", $"input_input_{name}", "Wind" }));
        Assert.That(ModelProto.Parser.ParseFrom(merged).Graph.Input[1].DocString, Does.Contain($"'{name}'"));
        Assert.That(Run(merged, $"input_input_{name}")["score"], Is.EqualTo(Run(Merge(policy, Weather.Convert()))["score"]));
    }

    [Test]
    public void A_policy_of_operators_that_are_not_admitted_is_merged()
    {
        // The policy is the caller's own; only the graph in front of it may be a stranger's.
        var front = new GraphInFront();
        using var policy = new PolicyTransformer(front.Build(front.Node("ThresholdedRelu", "foreign", [front.Floats("one", 1)])), new(), trust: true);
        var graph = new ConverterGraph();
        graph.Input("Raw", DataType.Float, -1, 4);
        graph.Output("Observation", "Raw", DataType.Float, 4);

        Assert.That(ModelProto.Parser.ParseFrom(Merge(policy, graph)).Graph.Node.Select(node => node.OpType), Does.Contain("ThresholdedRelu"));
    }

    [Test]
    public void An_input_with_a_default_value_becomes_that_constant()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, WeatherPipeline.ObservationLength);
        var graph = Weather.Convert();
        graph.Input("scale", DataType.Float, WeatherPipeline.ObservationLength);
        var merged = Merge(policy, graph);

        Assert.That(Run(merged)["score"], Is.EqualTo(Run(Merge(policy, Weather.Convert()))["score"]));
    }

    [Test]
    public void Graphs_that_parse_text_and_look_up_numbers_are_accepted()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, WeatherPipeline.ObservationLength);
        var graph = Weather.Convert();
        var last = graph.Graph.Node[^1];
        graph.Graph.Node.Remove(last);
        graph.Input("Number", DataType.String, -1, 1);
        graph.Input("Place", DataType.Int64, -1, 1);
        graph.Node("Cast", "", "parsed", ["Number"], ("to", 1));
        graph.Node("Gather", "", "found", [graph.Constant("table", 0.5f), "Place"]);
        graph.Node("Add", "", "both", ["parsed", "found"]);
        graph.Node("Add", "", "moved", ["Observation0", "both"]);
        last.Input[0] = "moved";
        graph.Graph.Node.Add(last);

        Assert.That(ModelProto.Parser.ParseFrom(Merge(policy, graph)).Graph.Input.Select(input => input.Name), Is.SupersetOf(new[] { "Number", "Place" }));
    }

    [Test]
    public void A_newer_format_is_kept()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, WeatherPipeline.ObservationLength);
        var graph = Weather.Convert();
        graph.Model.IrVersion = 8;

        Assert.That(ModelProto.Parser.ParseFrom(Merge(policy, graph)).IrVersion, Is.EqualTo(8));
    }

    private static Dictionary<string, float[]> Run(byte[] model, string temperature = "Temperature") => RawRun.Run(
        model,
        Weather.Rows.Count,
        ("Kind", Weather.Rows.Select(row => row.Kind).ToArray()),
        (temperature, Weather.Rows.Select(row => row.Temperature).ToArray()),
        ("Wind", Weather.Rows.SelectMany(row => row.Wind).ToArray()));

    private static byte[] Merge(ITransformer model, ConverterGraph graph) => PolicyChain.FromModel(model).ToOnnx(graph.Stream);

    private static string Describe(ValueInfoProto value)
    {
        var sizes = value.Type.TensorType.Shape.Dim.Select(size => size.DimParam.Length > 0 ? size.DimParam : $"{size.DimValue}");
        return $"{value.Name} {(DataType)value.Type.TensorType.ElemType}[{string.Join(", ", sizes)}]";
    }
}
