using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>Statistics of the weights of episodes: of the products over all their steps, and of the steps alone.</summary>
internal static class EpisodeWeights
{
    // Sums of equal rewards differ by their rounding.
    private const double Resolution = 1e9;

    /// <summary>Computes the statistics of the episodes' weights at their ends.</summary>
    /// <param name="episodes">The episodes.</param>
    /// <param name="returns">The discounted returns of the log, <c>[E]</c>.</param>
    public static WeightStatistics Of(OffPolicyEpisodes episodes, double[] returns)
    {
        var logarithms = episodes.FinalLogWeights();
        var (max, unit) = (TensorPrimitives.Max<double>(logarithms), Math.Abs(TensorPrimitives.MaxMagnitude<double>(returns)) / Resolution);
        double[] scaled = [.. logarithms.Select(weight => double.IsNegativeInfinity(weight) ? 0 : Math.Exp(weight - max))];
        double[] outcomes = [.. returns.Select(value => unit > 0 ? Math.Round(value / unit) : 0)];
        return WeightStatistics.Of(new OffPolicyRows(scaled, outcomes, outcomes, outcomes)) with
        {
            MaxWeight = Math.Exp(max),
            Mean = MeanOfTerms.Of([.. logarithms.Select(Math.Exp)]),
        };
    }

    /// <summary>
    /// Computes the mean weight of single steps over all rows, with its standard error over episodes: 1 in expectation if the probabilities are right, and far less dispersed than the products.
    /// </summary>
    public static MeanOfTerms MeanOfSteps(OffPolicyEpisodes episodes)
    {
        var rows = 0;
        var deviations = episodes.PerEpisode(own =>
        {
            var (sum, before) = (0.0, 0.0);
            foreach (var row in own)
            {
                // Where the policy would not have come, the ratio of two products is not known: the step is left out, which the steps before decide alone.
                if (!double.IsNegativeInfinity(before))
                {
                    sum += Math.Exp(episodes.LogWeights[row] - before) - 1;
                    rows++;
                }

                before = episodes.LogWeights[row];
            }

            return sum;
        });
        var mean = MeanOfTerms.Of(deviations);
        var share = (double)deviations.Length / rows;
        return new MeanOfTerms(1 + (share * mean.Value), share * mean.StandardError);
    }
}
