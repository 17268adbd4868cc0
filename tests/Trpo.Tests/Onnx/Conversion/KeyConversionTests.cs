using Microsoft.ML;
using Microsoft.ML.Transforms;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Conversion;

/// <summary>Categories of all types, with such as were never seen, and missing ones.</summary>
public sealed class KeyConversionTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Test]
    public void A_one_hot_encoding_computes_the_same(
        [Values("Color", "Tags", "Level", "Levels", "Gear", "Serial", "On", "Weight")] string column,
        [Values(OneHotEncodingEstimator.OutputKind.Indicator, OneHotEncodingEstimator.OutputKind.Bag, OneHotEncodingEstimator.OutputKind.Binary)] OneHotEncodingEstimator.OutputKind kind) =>
        ExportedChain.AssertSame(Ml, Ml.Transforms.Categorical.OneHotEncoding("Features", column, kind), withMissing: true);

    [Test]
    public void A_key_of_an_encoding_becomes_a_vector_later([Values("Color", "Tags", "Levels")] string column, [Values] bool bag)
    {
        var pipeline = Ml.Transforms.Categorical.OneHotEncoding("Key", column, OneHotEncodingEstimator.OutputKind.Key)
            .Append(Ml.Transforms.Conversion.MapKeyToVector("Features", "Key", bag));

        ExportedChain.AssertSame(Ml, pipeline, withMissing: true);
    }

    [Test]
    public void Values_are_mapped_to_keys_the_same([Values("Color", "Level", "Gear", "On")] string column, [Values] bool asText, [Values] ValueToKeyMappingEstimator.KeyOrdinality order)
    {
        var pipeline = Ml.Transforms.Conversion.MapValueToKey("Key", column, maximumNumberOfKeys: 3, order, asText)
            .Append(Ml.Transforms.Conversion.MapKeyToVector("Features", "Key"));

        ExportedChain.AssertSame(Ml, pipeline, withMissing: true);
    }

    [Test]
    public void Raw_keys_become_vectors([Values("Zone", "Zones")] string column, [Values] bool bag) =>
        ExportedChain.AssertSame(Ml, Ml.Transforms.Conversion.MapKeyToVector("Features", column, bag));

    [Test]
    public void Keys_are_mapped_to_keys_of_those_seen_in_training([Values("Color", "Tags")] string column)
    {
        // The keys are raw data here. The rows that are fitted on lack one, and have the others in another order.
        var keys = Ml.Transforms.Conversion.MapValueToKey("Key", column).Fit(ChainRow.View(Ml, ChainRow.Training()));
        var training = ChainRow.Training().Where(row => row.Color != ChainRow.Colors[0] && row.Tags.All(tag => tag != ChainRow.Colors[1])).Reverse();
        var transforms = Ml.Transforms.Categorical.OneHotEncoding("Features", "Key").Fit(keys.Transform(ChainRow.View(Ml, training)));

        ExportedChain.AssertSame(Ml, transforms, keys.Transform(ChainRow.View(Ml, ChainRow.Scoring(withMissing: true))));
    }

    [Test]
    public void Raw_keys_become_bits([Values("Zone", "Zones")] string column) =>
        ExportedChain.AssertSame(Ml, Ml.Transforms.Conversion.MapKeyToBinaryVector("Features", column));

    [Test]
    public void Several_columns_are_encoded_at_once()
    {
        var pipeline = Ml.Transforms.Categorical.OneHotEncoding([new InputOutputColumnPair("A", "Color"), new InputOutputColumnPair("Unrelated", "Tags"), new InputOutputColumnPair("B", "Gear")])
            .Append(Ml.Transforms.Concatenate("Features", "B", "A"));

        ExportedChain.AssertSame(Ml, pipeline);
    }
}
