using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// A bin of the importance weights <c>w</c> of a log's rows. Where a few rows of large weights have most of the share, few decisions stand behind the estimates.
/// </summary>
public sealed record WeightBin
{
    // Powers of two are exact, and equal steps on the axis of a ratio.
    private static readonly double[] Edges = [double.Epsilon, 0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, double.PositiveInfinity];

    /// <summary>The minimum weight of the bin: 0 for the first one, of the rows whose action the policy never takes.</summary>
    public required double From { get; init; }

    /// <summary>The weight below which the bin ends; infinite for the last one.</summary>
    public required double To { get; init; }

    /// <summary>The number of rows in the bin.</summary>
    public required int Rows { get; init; }

    /// <summary>The share of these rows in the sum of all weights; 0 if all weights are 0.</summary>
    public required double WeightShare { get; init; }

    /// <summary>Computes the bins, whose edges are the same for every log: 0, and powers of two from 1/16 to 16.</summary>
    /// <param name="weights">The weights, finite or infinite. Beside infinite weights, finite ones have no share.</param>
    internal static IReadOnlyList<WeightBin> Of(ReadOnlySpan<double> weights)
    {
        var (max, relative) = (TensorPrimitives.Max(weights), new double[weights.Length]);
        for (var i = 0; i < relative.Length; i++)
            relative[i] = weights[i] == max ? 1 : weights[i] / max;
        return Of(weights, relative, isAnyPositive: max > 0);
    }

    /// <summary>Computes the bins of weights beyond all numbers from their logarithms.</summary>
    /// <param name="logarithms">The natural logarithms of the weights; negative infinity for a weight of 0.</param>
    internal static IReadOnlyList<WeightBin> OfLogarithms(ReadOnlySpan<double> logarithms)
    {
        var (max, weights, relative) = (TensorPrimitives.Max(logarithms), new double[logarithms.Length], new double[logarithms.Length]);
        for (var i = 0; i < weights.Length; i++)
        {
            if (double.IsNegativeInfinity(logarithms[i]))
                continue;

            // A weight that is too small for a number is not that of an episode which the policy never has.
            (weights[i], relative[i]) = (Math.Max(double.Epsilon, Math.Exp(logarithms[i])), Math.Exp(logarithms[i] - max));
        }

        return Of(weights, relative, isAnyPositive: max > double.NegativeInfinity);
    }

    private static WeightBin[] Of(ReadOnlySpan<double> weights, ReadOnlySpan<double> relative, bool isAnyPositive)
    {
        var (rows, sums) = (new int[Edges.Length], new double[Edges.Length]);
        for (var i = 0; i < weights.Length; i++)
        {
            var bin = BinOf(weights[i]);
            rows[bin]++;
            sums[bin] += relative[i];
        }

        var total = sums.Sum();
        return [.. Edges.Select((edge, bin) => new WeightBin
        {
            From = bin <= 1 ? 0 : Edges[bin - 1],
            To = bin == 0 ? 0 : edge,
            Rows = rows[bin],
            WeightShare = isAnyPositive ? sums[bin] / total : 0,
        })];
    }

    private static int BinOf(double weight) => Array.FindIndex(Edges, edge => weight < edge) is >= 0 and var index ? index : Edges.Length - 1;
}
