namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>
/// A bin of the importance weights <c>w</c> of a log's rows. Where a few rows of large weights have most of the share, few decisions stand behind the estimates.
/// </summary>
public sealed record WeightBin
{
    // Powers of two are exact, and equal steps on the axis of a ratio.
    private static readonly double[] Edges = [double.Epsilon, 0.0625, 0.125, 0.25, 0.5, 1, 2, 4, 8, 16, double.PositiveInfinity];

    /// <summary>The least weight of the bin: 0 for the first one, of the rows whose action the policy never takes.</summary>
    public required double From { get; init; }

    /// <summary>The weight below which the bin ends; infinite for the last one.</summary>
    public required double To { get; init; }

    /// <summary>The number of rows in the bin.</summary>
    public required int Rows { get; init; }

    /// <summary>The share of these rows in the sum of all weights; 0 if all weights are 0.</summary>
    public required double WeightShare { get; init; }

    /// <summary>Computes the bins, whose edges are the same for every log: 0, and powers of two from 1/16 to 16.</summary>
    /// <param name="weights">The weights, finite or infinite.</param>
    internal static IReadOnlyList<WeightBin> Of(ReadOnlySpan<double> weights)
    {
        var (rows, sums) = (new int[Edges.Length], new double[Edges.Length]);
        foreach (var weight in weights)
        {
            var bin = Array.FindIndex(Edges, edge => weight < edge) is >= 0 and var index ? index : Edges.Length - 1;
            rows[bin]++;
            sums[bin] += weight;
        }

        var total = sums.Sum();
        return [.. Edges.Select((edge, bin) => new WeightBin
        {
            From = bin <= 1 ? 0 : Edges[bin - 1],
            To = bin == 0 ? 0 : edge,
            Rows = rows[bin],
            WeightShare = total > 0 ? sums[bin] / total : 0,
        })];
    }
}
