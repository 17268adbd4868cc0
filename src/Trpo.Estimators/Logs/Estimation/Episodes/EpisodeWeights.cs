using System.Numerics.Tensors;
using System.Runtime.InteropServices;

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

    /// <summary>Computes the statistics of the weights of single steps.</summary>
    public static StepWeights OfSteps(OffPolicyEpisodes episodes)
    {
        var weights = new List<double>(episodes.Rewards.Length);
        var deviations = episodes.PerEpisode(own =>
        {
            var (sum, before) = (0.0, 0.0);
            foreach (var row in own)
            {
                // Where the policy would not have come, the ratio of two products is not known: the step is left out, which the steps before decide alone.
                if (!double.IsNegativeInfinity(before))
                {
                    weights.Add(Math.Exp(episodes.LogWeights[row] - before));
                    sum += weights[^1] - 1;
                }

                before = episodes.LogWeights[row];
            }

            return sum;
        });
        var (mean, share) = (MeanOfTerms.Of(deviations), (double)deviations.Length / weights.Count);
        var all = CollectionsMarshal.AsSpan(weights);
        return new StepWeights(new MeanOfTerms(1 + (share * mean.Value), share * mean.StandardError), WeightStatistics.EffectiveSize(all), TensorPrimitives.Max<double>(all));
    }
}
