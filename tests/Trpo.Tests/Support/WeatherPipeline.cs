using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Runtime.Randomness;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Tests.Support;

/// <summary>
/// A text, a number and a vector made into observations of length 7 by ML.NET's transforms, and the graph that ML.NET's converter makes of
/// them. A label stands in the data that nothing reads.
/// </summary>
internal sealed class WeatherPipeline
{
    public const int ObservationLength = 7;

    private readonly MLContext _ml = new(seed: 1);
    private readonly string[] _kinds;
    private readonly NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>> _normalizer;

    public WeatherPipeline()
    {
        Rows = Generate(300);
        Data = _ml.Data.LoadFromEnumerable(Rows);
        // The last row has a kind that was not met in training: it has no bit.
        _kinds = [.. Rows.SkipLast(1).Select(row => row.Kind).Distinct()];
        Transformer = _ml.Transforms.Categorical.OneHotEncoding("KindBits", "Kind")
            .Append(_ml.Transforms.Concatenate("Observation", "KindBits", "Temperature", "Wind"))
            .Append(_ml.Transforms.NormalizeMeanVariance("Observation", fixZero: false))
            .Fit(_ml.Data.LoadFromEnumerable(Rows.SkipLast(1)));
        var last = (NormalizingTransformer)Transformer.LastTransformer;
        _normalizer = (NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>>)last.GetNormalizerModelParameters(0);
    }

    public IReadOnlyList<Weather> Rows { get; }

    public IDataView Data { get; }

    public TransformerChain<NormalizingTransformer> Transformer { get; }

    /// <summary>The graph of the transforms.</summary>
    public ConverterGraph Convert(long opset = 12)
    {
        const string Ml = "ai.onnx.ml";
        var graph = new ConverterGraph(opset);
        graph.Input("Kind", DataType.String, -1, 1);
        graph.Input("Temperature", DataType.Float, -1, 1);
        graph.Input("Wind", DataType.Float, -1, 3);
        graph.Input("Label", DataType.Float, -1, 1);
        long[] keys = [.. Enumerable.Range(1, _kinds.Length).Select(key => (long)key)];
        graph.Node("LabelEncoder", Ml, "KindBits0", ["Kind"], ("keys_strings", _kinds), ("values_int64s", keys), ("default_int64", -1));
        graph.Node("OneHotEncoder", Ml, "encoded", ["KindBits0"], ("cats_int64s", keys), ("zeros", 1));
        graph.Node("Reshape", "", "KindBits1", ["encoded", graph.Constant("shape", -1L, _kinds.Length)]);
        graph.Node("FeatureVectorizer", Ml, "Observation", ["KindBits1", "Temperature", "Wind"], ("inputdimensions", new long[] { _kinds.Length, 1, 3 }));
        graph.Node("Sub", "", "SubNode", ["Observation", graph.Constant("offset", [.. _normalizer.Offset])]);
        graph.Node("Mul", "", "Observation0", ["SubNode", graph.Constant("scale", [.. _normalizer.Scale])]);
        graph.Graph.ValueInfo.Add([ConverterGraph.Value("KindBits1", DataType.Float, 1, 3), ConverterGraph.Value("Observation0", DataType.Float, 1, ObservationLength)]);
        graph.Output("Kind", "Kind", DataType.String, 1);
        graph.Output("Temperature", "Temperature", DataType.Float, 1);
        graph.Output("Wind", "Wind", DataType.Float, 3);
        graph.Output("Label", "Label", DataType.Float, 1);
        graph.Output("KindBits", "KindBits1", DataType.Float, _kinds.Length);
        graph.Output("Observation", "Observation0", DataType.Float, ObservationLength);
        return graph;
    }

    private static Weather[] Generate(int count)
    {
        var random = new RandomSource(3);
        string[] kinds = ["sun", "rain", "snow"];
        Weather[] rows = [.. Enumerable.Range(0, count).Select(_ => new Weather
        {
            Kind = kinds[random.NextInt(3)],
            Temperature = 15 + (10 * (float)random.NextGaussian()),
            Wind = [(float)random.NextGaussian(), 100 * (float)random.NextGaussian(), 3 + (float)random.NextGaussian()],
            Label = random.NextInt(5),
        })];
        rows[^1].Kind = "hail";
        return rows;
    }
}
