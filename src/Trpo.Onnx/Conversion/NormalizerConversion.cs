using System.Collections.Immutable;
using Microsoft.ML;
using Microsoft.ML.Transforms;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of normalisers of columns, which learn one of three functions: an affine one, a distribution function, or a step function.</summary>
internal sealed class NormalizerConversion : IConversion
{
    public bool KeepsType => true;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        var parameters = ((NormalizingTransformer)step.Transformer).GetNormalizerModelParameters(OneToOne.IndexOf(step));
        return step.Sparse(parameters switch
        {
            NormalizingTransformer.AffineNormalizerModelParameters<float> p => AffineNormalization.Add(step, [p.Scale], [p.Offset]),
            NormalizingTransformer.AffineNormalizerModelParameters<double> p => AffineNormalization.Add(step, [p.Scale], [p.Offset]),
            NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<float>> p => AffineNormalization.Add(step, Widened(p.Scale), Widened(p.Offset)),
            NormalizingTransformer.AffineNormalizerModelParameters<ImmutableArray<double>> p => AffineNormalization.Add(step, Numbers(p.Scale), Numbers(p.Offset)),
            NormalizingTransformer.CdfNormalizerModelParameters<float> p => DistributionNormalization.Add(step, [p.Mean], [p.StandardDeviation], p.UseLog),
            NormalizingTransformer.CdfNormalizerModelParameters<double> p => DistributionNormalization.Add(step, [p.Mean], [p.StandardDeviation], p.UseLog),
            NormalizingTransformer.CdfNormalizerModelParameters<ImmutableArray<float>> p => DistributionNormalization.Add(step, Widened(p.Mean), Widened(p.StandardDeviation), p.UseLog),
            NormalizingTransformer.CdfNormalizerModelParameters<ImmutableArray<double>> p => DistributionNormalization.Add(step, Numbers(p.Mean), Numbers(p.StandardDeviation), p.UseLog),
            NormalizingTransformer.BinNormalizerModelParameters<float> p => BinNormalization.Add(step, [Widened(p.UpperBounds)], [p.Density], [p.Offset]),
            NormalizingTransformer.BinNormalizerModelParameters<double> p => BinNormalization.Add(step, [Numbers(p.UpperBounds)], [p.Density], [p.Offset]),
            NormalizingTransformer.BinNormalizerModelParameters<ImmutableArray<float>> p => BinNormalization.Add(step, [.. p.UpperBounds.Select(Widened)], Widened(p.Density), Widened(p.Offset)),
            NormalizingTransformer.BinNormalizerModelParameters<ImmutableArray<double>> p => BinNormalization.Add(step, [.. p.UpperBounds.Select(Numbers)], Numbers(p.Density), Numbers(p.Offset)),
            _ => step.Refuse<string>($"is normalised by {parameters?.GetType().Name ?? "an unknown function"}"),
        });
    }

    // ML.NET omits an array of zeros.
    private static double[] Widened(ImmutableArray<float> numbers) => numbers.IsDefault ? [] : [.. numbers.Select(number => (double)number)];

    private static double[] Numbers(ImmutableArray<double> numbers) => numbers.IsDefault ? [] : [.. numbers];
}
