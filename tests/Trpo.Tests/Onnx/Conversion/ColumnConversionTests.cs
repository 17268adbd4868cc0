using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Conversion;

/// <summary>Columns that are put together, copied, left out, converted and filled, and long chains of all that.</summary>
public sealed class ColumnConversionTests
{
    private static readonly MLContext Ml = new(seed: 1);

    [Test]
    public void Columns_are_put_side_by_side_the_same() =>
        ExportedChain.AssertSame(Ml, Ml.Transforms.Concatenate("Features", "Level", "Position", "Speed", "Level"));

    [Test]
    public void Copies_are_the_columns_that_they_were_copied_from()
    {
        // A copied column keeps its value when its name is reused.
        var pipeline = Ml.Transforms.CopyColumns("Features", "Position")
            .Append(Ml.Transforms.NormalizeMinMax("Position"))
            .Append(Ml.Transforms.Concatenate("Features", "Features", "Position"));

        ExportedChain.AssertSame(Ml, pipeline);
    }

    [Test]
    public void Columns_that_are_left_out_do_not_matter()
    {
        var pipeline = Ml.Transforms.DropColumns("Color", "Speed")
            .Append(Ml.Transforms.NormalizeMinMax("Position"))
            .Append(Ml.Transforms.SelectColumns("Position", "Level"))
            .Append(Ml.Transforms.Concatenate("Features", "Position", "Level"))
            .Append(Ml.Transforms.SelectColumns("Features"));

        ExportedChain.AssertSame(Ml, pipeline);
    }

    [Test]
    public void Missing_values_are_replaced_the_same(
        [Values("Speed", "Weight", "Position", "Forces")] string column, [Values] MissingValueReplacingEstimator.ReplacementMode mode, [Values] bool bySlot)
    {
        var training = ChainRow.View(Ml, ChainRow.Scoring(withMissing: true));
        var pipeline = Ml.Transforms.ReplaceMissingValues(column, null, mode, bySlot)
            .Append(Ml.Transforms.NormalizeMinMax(column))
            .Append(Ml.Transforms.Conversion.ConvertType("Single", column, DataKind.Single))
            .Append(Ml.Transforms.Concatenate("Features", "Single"));

        ExportedChain.AssertSame(Ml, pipeline.Fit(training), training);
    }

    [Test]
    public void Missing_values_are_indicated_the_same([Values("Speed", "Weight", "Position", "Forces")] string column)
    {
        var pipeline = Ml.Transforms.IndicateMissingValues("Missing", column)
            .Append(Ml.Transforms.Conversion.ConvertType("Missing", "Missing", DataKind.Single))
            .Append(Ml.Transforms.Concatenate("Features", "Missing", "Level"))
            .Append(Ml.Transforms.ReplaceMissingValues("Features"));

        ExportedChain.AssertSame(Ml, pipeline, withMissing: true);
    }

    [TestCase("Gear", DataKind.Single)]
    [TestCase("Gear", DataKind.Double)]
    [TestCase("Gear", DataKind.SByte)]
    [TestCase("Gear", DataKind.Int16)]
    [TestCase("Gear", DataKind.Int64)]
    [TestCase("Gear", DataKind.Boolean)]
    [TestCase("Serial", DataKind.UInt32)]
    [TestCase("Serial", DataKind.Byte)]
    [TestCase("Serial", DataKind.Single)]
    [TestCase("Serial", DataKind.Boolean)]
    [TestCase("On", DataKind.Single)]
    [TestCase("On", DataKind.Int32)]
    [TestCase("Speed", DataKind.Boolean)]
    [TestCase("Forces", DataKind.Single)]
    [TestCase("Forces", DataKind.Boolean)]
    [TestCase("Position", DataKind.Double)]
    public void Types_are_converted_the_same(string column, DataKind kind)
    {
        var pipeline = Ml.Transforms.Conversion.ConvertType("Converted", column, kind)
            .Append(Ml.Transforms.Conversion.ConvertType("Single", "Converted", DataKind.Single))
            .Append(Ml.Transforms.Concatenate("All", "Single", "Level"))
            .Append(Ml.Transforms.NormalizeMinMax("Features", "All"));

        ExportedChain.AssertSame(Ml, pipeline, withMissing: true);
    }

    [TestCase(DataKind.Byte)]
    [TestCase(DataKind.UInt16)]
    [TestCase(DataKind.UInt32)]
    public void Values_that_overflow_a_narrower_integer_convert_the_same(DataKind kind) => ExportedChain.AssertSame(
        Ml,
        Ml.Transforms.Conversion.ConvertType("Narrow", "Serial", kind).Append(Ml.Transforms.Conversion.ConvertType("Single", "Narrow", DataKind.Single)).Append(Ml.Transforms.Concatenate("Features", "Single", "Level")));

    [Test]
    public void A_long_chain_with_chains_in_it_computes_the_same()
    {
        var missing = Ml.Transforms.IndicateMissingValues("SpeedMissing", "Speed")
            .Append(Ml.Transforms.Conversion.ConvertType("SpeedMissing", outputKind: DataKind.Single))
            .Append(Ml.Transforms.ReplaceMissingValues("Speed", replacementMode: MissingValueReplacingEstimator.ReplacementMode.Mean));
        var categories = Ml.Transforms.Categorical.OneHotEncoding("Color")
            .Append(Ml.Transforms.Categorical.OneHotEncoding("Tags", outputKind: OneHotEncodingEstimator.OutputKind.Bag))
            .Append(Ml.Transforms.Conversion.MapKeyToVector("Zone"));
        var numbers = Ml.Transforms.NormalizeRobustScaling("Forces")
            .Append(Ml.Transforms.Conversion.ConvertType("Forces", outputKind: DataKind.Single))
            .Append(Ml.Transforms.ReplaceMissingValues("Position"))
            .Append(Ml.Transforms.NormalizeLogMeanVariance("Weight"))
            .Append(Ml.Transforms.Conversion.ConvertType([new InputOutputColumnPair("Gear"), new InputOutputColumnPair("On"), new InputOutputColumnPair("Weight")], DataKind.Single));
        var pipeline = missing.Append(categories.Append(numbers))
            .Append(Ml.Transforms.Concatenate("Features", "Color", "Zone", "Speed", "SpeedMissing", "Tags", "Position", "Forces", "Gear", "On", "Weight"))
            .Append(Ml.Transforms.NormalizeMeanVariance("Features", fixZero: false))
            .Append(Ml.Transforms.DropColumns("Color", "Tags"));

        ExportedChain.AssertSame(Ml, pipeline, withMissing: true);
    }
}
