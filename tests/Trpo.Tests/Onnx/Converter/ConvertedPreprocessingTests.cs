using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Tests.Support;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Onnx.Converter;

/// <summary>Graphs that ML.NET's own converter makes of transforms, in front of a policy: those with OnnxRuntime's operators, and those that leave transforms out.</summary>
public sealed class ConvertedPreprocessingTests
{
    private static readonly string[] Kinds = ["sun", "rain", "snow", "hail", "fog"];

    private readonly MLContext _ml = new(seed: 1);
    private TemporaryFolder _folder = null!;

    private string Path => _folder.PathOf("policy.onnx");

    [SetUp]
    public void CreateFolder() => _folder = new TemporaryFolder();

    [TearDown]
    public void DeleteFolder() => _folder.Dispose();

    [Test]
    public void Hashed_text_stands_in_front_of_a_policy([Values] bool isOneStep)
    {
        var data = Data(Kinds);
        IEstimator<ITransformer> bits = isOneStep
            ? _ml.Transforms.Categorical.OneHotHashEncoding("Bits", "Kind", numberOfBits: 3)
            : _ml.Transforms.Conversion.Hash("Key", "Kind", numberOfBits: 3).Append(_ml.Transforms.Conversion.MapKeyToVector("Bits", "Key"));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, observationLength: 10);
        var front = bits.Append(_ml.Transforms.Concatenate("Observation", "Bits", "Numbers")).Fit(data);
        var model = new TransformerChain<ITransformer>(front, policy);
        PolicyModel.ExportToOnnx(model, Path, Converted(front, data), data);

        var outputs = RawRun.Run(File.ReadAllBytes(Path), 40,
            ("Kind", data.GetColumn<string>("Kind").ToArray()), ("Numbers", data.GetColumn<float[]>("Numbers").SelectMany(values => values).ToArray()));
        var expected = model.Transform(data);
        Assert.That(outputs["score"], Is.EqualTo(expected.GetColumn<float[]>("Score").SelectMany(score => score)).Within(1e-5f));
        Assert.That(outputs["action"], Is.EqualTo(expected.GetColumn<uint>("Action").Select(key => key - 1f)));
        Assert.That(ModelProto.Parser.ParseFrom(File.ReadAllBytes(Path)).OpsetImport.Select(set => (set.Domain, set.Version)), Has.Member(("com.microsoft", 1L)));
    }

    [Test]
    public void A_text_that_the_graph_hashes_otherwise_is_found()
    {
        // ML.NET takes an empty text for a missing one, and the converter's graph hashes it.
        var data = Data(["sun", "", "rain"]);
        using var policy = Support.Policies.Transformer(Support.Policies.Choices, observationLength: 10);
        var front = _ml.Transforms.Categorical.OneHotHashEncoding("Bits", "Kind", numberOfBits: 3).Append(_ml.Transforms.Concatenate("Observation", "Bits", "Numbers")).Fit(data);

        Assert.That(() => PolicyModel.ExportToOnnx(new TransformerChain<ITransformer>(front, policy), Path, Converted(front, data), data),
            Throws.InvalidOperationException.With.Message.Contains("in 13 of 40 rows"));
        Assert.That(File.Exists(Path), Is.False);
    }

    [Test]
    public void Norms_that_the_graph_computes_otherwise_are_found([Values] bool isContrast)
    {
        // Without a spread there is nothing to divide by.
        var data = Support.Policies.View(_ml, [.. Support.Policies.Observations(38), [0, 0, 0, 0], [2, 2, 2, 2]]);
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        IEstimator<ITransformer> norm = isContrast ? _ml.Transforms.NormalizeGlobalContrast("Observation", ensureZeroMean: true, ensureUnitStandardDeviation: true) : _ml.Transforms.NormalizeLpNorm("Observation", norm: LpNormNormalizingEstimatorBase.NormFunction.StandardDeviation);
        var front = norm.Fit(data);

        Assert.That(() => PolicyModel.ExportToOnnx(new TransformerChain<ITransformer>(front, policy), Path, Converted(front, data), data), Throws.InvalidOperationException.With.Message.Contains("of 40 rows"));
    }

    [Test]
    public void A_domain_of_someone_elses_must_be_imported()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var graph = PassingThrough("Observation");
        graph.Graph.Node[0].Domain = "com.example";

        Assert.That(() => PolicyModel.ExportToOnnx(policy, Path, graph.Stream), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'com.example'"));
    }

    [Test]
    public void A_graph_that_leaves_out_what_the_model_computes_is_refused_by_name()
    {
        var data = Support.Policies.View(_ml, Support.Policies.Observations(40));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var halved = _ml.Transforms.CustomMapping<Seen, Seen>((seen, other) => other.Observation = [.. seen.Observation.Select(value => value / 2)], contractName: null).Fit(data);
        var scaled = _ml.Transforms.NormalizeMinMax("Observation").Fit(data);
        var custom = new TransformerChain<ITransformer>(halved, policy);

        Assert.Multiple(() =>
        {
            Assert.That(() => PolicyModel.ExportToOnnx(custom, Path, PassingThrough("Observation").Stream), Throws.TypeOf<NotSupportedException>()
                .With.Message.Contains("passes its input 'Observation' through").And.Message.Contains("CustomMappingTransformer").And.Message.Contains("FromModel(model).Policy"));
            Assert.That(() => PolicyModel.ExportToOnnx(new TransformerChain<ITransformer>(scaled, policy), Path, PassingThrough("Observation").Stream), Throws.TypeOf<NotSupportedException>().With.Message.Contains("NormalizingTransformer"));
        });
        Assert.That(File.Exists(Path), Is.False);
        PolicyModel.ExportToOnnx(PolicyChain.FromModel(custom).Policy, Path, PassingThrough("Observation").Stream);
        Assert.That(File.Exists(Path), Is.True, "the way out");
    }

    [Test]
    public void What_ml_nets_converter_leaves_out_is_refused()
    {
        var data = Support.Policies.View(_ml, Support.Policies.Observations(40));
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var front = _ml.Transforms.CustomMapping<Seen, Seen>((seen, other) => other.Observation = [.. seen.Observation.Select(value => value / 2)], contractName: null)
            .Append(_ml.Transforms.CopyColumns("Copy", "Id")).Fit(data);

        Assert.That(() => PolicyModel.ExportToOnnx(new TransformerChain<ITransformer>(front, policy), Path, Converted(front, data)), Throws.TypeOf<NotSupportedException>().With.Message.Contains("CustomMappingTransformer"));
    }

    [Test]
    public void A_copy_of_a_column_may_pass_through()
    {
        var data = Support.Policies.View(_ml, Support.Policies.Observations(40));
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new("Features"));
        var front = _ml.Transforms.CopyColumns("Copy", "Observation").Append(_ml.Transforms.NormalizeMinMax("Scaled", "Observation"))
            .Append(_ml.Transforms.Concatenate("Features", "Copy")).Append(_ml.Transforms.DropColumns("Scaled")).Fit(data);
        PolicyModel.ExportToOnnx(new TransformerChain<ITransformer>(front, policy), Path, PassingThrough("Observation", "Features").Stream, data);

        Assert.That(File.Exists(Path), Is.True);
    }

    private static ConverterGraph PassingThrough(string input, string? output = null)
    {
        var graph = new ConverterGraph();
        graph.Input(input, DataType.Float, -1, 4);
        graph.Node("Identity", "", "Copied", [input]);
        graph.Output(output ?? input, "Copied", DataType.Float, 4);
        return graph;
    }

    private MemoryStream Converted(ITransformer front, IDataView data)
    {
        var stream = new MemoryStream();
        _ml.Model.ConvertToOnnx(front, data, 12, stream);
        stream.Position = 0;
        return stream;
    }

    private IDataView Data(string[] kinds) => _ml.Data.LoadFromEnumerable(Support.Policies.Observations(40, length: 2).Select((row, i) => new Reading { Kind = kinds[i % kinds.Length], Numbers = row }));

    private sealed class Reading
    {
        public string Kind { get; set; } = "";

        [VectorType(2)]
        public float[] Numbers { get; set; } = [];
    }

    private sealed class Seen
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];
    }
}
