using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Conversion;

/// <summary>Every normaliser on scalars and vectors of both precisions, with NaN, zeros and the boundaries that it learned.</summary>
public sealed class NormalizerConversionTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly Dictionary<string, Func<string, IEstimator<ITransformer>>> Normalizers = new()
    {
        ["mean and variance"] = column => Ml.Transforms.NormalizeMeanVariance(column),
        ["mean and variance, centered"] = column => Ml.Transforms.NormalizeMeanVariance(column, fixZero: false),
        ["distribution"] = column => Ml.Transforms.NormalizeMeanVariance(column, useCdf: true),
        ["logarithm"] = column => Ml.Transforms.NormalizeLogMeanVariance(column),
        ["logarithm, affine"] = column => Ml.Transforms.NormalizeLogMeanVariance(column, useCdf: false),
        ["extremes"] = column => Ml.Transforms.NormalizeMinMax(column),
        ["extremes, shifted"] = column => Ml.Transforms.NormalizeMinMax(column, fixZero: false),
        ["bins"] = column => Ml.Transforms.NormalizeBinning(column, maximumBinCount: 6),
        ["bins, shifted"] = column => Ml.Transforms.NormalizeBinning(column, fixZero: false, maximumBinCount: 5),
        ["quantiles"] = column => Ml.Transforms.NormalizeRobustScaling(column),
        ["quantiles, not centered"] = column => Ml.Transforms.NormalizeRobustScaling(column, centerData: false),
    };

    [Test]
    public void A_normaliser_computes_the_same_in_a_graph(
        [ValueSource(nameof(Names))] string name, [Values("Speed", "Weight", "Position", "Forces")] string column)
    {
        var pipeline = Normalizers[name](column)
            .Append(Ml.Transforms.Conversion.ConvertType("Single", column, DataKind.Single))
            .Append(Ml.Transforms.Concatenate("Features", "Single"));

        ExportedChain.AssertSame(Ml, pipeline, withMissing: true);
    }

    [Test]
    public void A_normaliser_of_a_sparse_vector_computes_the_same(
        [Values("mean and variance, centered", "logarithm", "extremes, shifted", "bins", "bins, shifted", "quantiles")] string name)
    {
        var pipeline = Ml.Transforms.Categorical.OneHotEncoding("Hot", "Gear")
            .Append(Ml.Transforms.Concatenate("Features", "Hot", "Position", "Speed"))
            .Append(Normalizers[name]("Features"));

        ExportedChain.AssertSame(Ml, pipeline, withMissing: true);
    }

    [Test]
    public void The_upper_bound_of_a_bin_belongs_to_it([Values] bool fixZero)
    {
        var normalizer = Ml.Transforms.NormalizeBinning("Features", "Position", fixZero: fixZero, maximumBinCount: 5).Fit(ChainRow.View(Ml, ChainRow.Training()));
        var bounds = ((NormalizingTransformer.BinNormalizerModelParameters<ImmutableArray<float>>)normalizer.GetNormalizerModelParameters(0)).UpperBounds;
        var rows = bounds.SelectMany(slot => slot).SelectMany(bound => new[] { MathF.BitDecrement(bound), bound, MathF.BitIncrement(bound) })
            .Select(value => new ChainRow { Tags = ["", ""], Position = [value, value, value], Forces = [0, 0, 0], Levels = [0, 0], Zones = [0, 0] });

        ExportedChain.AssertSame(Ml, normalizer, ChainRow.View(Ml, rows));
    }

    [Test]
    public void Bins_that_separate_labels_are_the_same([Values] bool fixZero) =>
        ExportedChain.AssertSame(Ml, Ml.Transforms.NormalizeSupervisedBinning("Features", "Position", labelColumnName: "Level", fixZero: fixZero, mininimumExamplesPerBin: 5), withMissing: true);

    [Test]
    public void A_normaliser_of_rows_computes_the_same([Values] bool ensureZeroMean, [Values] LpNormNormalizingEstimatorBase.NormFunction norm) =>
        ExportedChain.AssertSame(Ml, Ml.Transforms.Concatenate("All", "Position", "Speed").Append(Ml.Transforms.NormalizeLpNorm("Features", "All", norm, ensureZeroMean)), withMissing: true);

    [Test]
    public void The_infinity_norm_of_a_row_ignores_NaN() =>
        ExportedChain.AssertSame(Ml, Ml.Transforms.NormalizeLpNorm("Scaled", "Position", LpNormNormalizingEstimatorBase.NormFunction.Infinity).Append(Ml.Transforms.ReplaceMissingValues("Features", "Scaled")), withMissing: true);

    [Test]
    public void Many_slots_have_as_many_bins_as_ml_net_gives_them()
    {
        var random = new Trpo.Runtime.Randomness.RandomSource(1);
        var view = Ml.Data.LoadFromEnumerable(Enumerable.Range(0, 1_500).Select(_ => new Wide { Position = [.. Enumerable.Range(0, 300).Select(_ => (float)random.NextGaussian())] }).ToList());

        ExportedChain.AssertSame(Ml, Ml.Transforms.NormalizeBinning("Features", "Position").Fit(view), Ml.Data.TakeRows(view, 200));
    }

    [Test]
    public void Global_contrast_is_normalised_the_same([Values] bool ensureZeroMean, [Values] bool ensureUnitDeviation) =>
        ExportedChain.AssertSame(Ml, Ml.Transforms.NormalizeGlobalContrast("Features", "Position", ensureZeroMean, ensureUnitDeviation, scale: 2.5f), withMissing: true);

    [Test]
    public void Normalisers_that_depend_on_the_storage_of_zeros_are_refused()
    {
        var hot = Ml.Transforms.Categorical.OneHotEncoding("Hot", "Gear").Append(Ml.Transforms.Concatenate("Features", "Hot", "Position"));

        Assert.Multiple(() =>
        {
            Assert.That(() => ExportedChain.AssertSame(Ml, hot.Append(Ml.Transforms.NormalizeMeanVariance("Features", useCdf: true))), Throws.TypeOf<NotSupportedException>().With.Message.Contains("'Features' is normalised by a distribution function"));
            Assert.That(() => ExportedChain.AssertSame(Ml, hot.Append(Ml.Transforms.NormalizeLpNorm("Features", ensureZeroMean: true))), Throws.TypeOf<NotSupportedException>().With.Message.Contains("LpNormNormalizingTransformer"));
        });
    }

    private static IEnumerable<string> Names => Normalizers.Keys;

    private sealed class Wide
    {
        [VectorType(300)]
        public float[] Position { get; set; } = [];
    }
}
