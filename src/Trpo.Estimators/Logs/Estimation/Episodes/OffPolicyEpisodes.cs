namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>The episodes of a log as the estimators read them.</summary>
/// <param name="Episodes">The episodes.</param>
/// <param name="Discount">The discount, above 0 and at most 1.</param>
/// <param name="LogWeights">
/// The logarithms of the cumulative weights, <c>[N]</c>: of the products of <c>pi(a | x) / p</c> over the steps up to the row's, which overflow and underflow over long episodes. Negative infinity where the
/// policy would not have come.
/// </param>
/// <param name="Rewards">The rewards, <c>[N]</c>.</param>
/// <param name="Expected">The values that the model expects of the observations, <c>[N]</c>.</param>
/// <param name="Predicted">The values that the model expects of the logged actions, <c>[N]</c>.</param>
internal sealed record OffPolicyEpisodes(LoggedEpisodes Episodes, double Discount, double[] LogWeights, double[] Rewards, double[] Expected, double[] Predicted)
{
    /// <summary>The number of episodes, E.</summary>
    public int Count => Episodes.Count;

    /// <summary>Computes the logarithms of the cumulative weights, <c>[N]</c>.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="episodes">The episodes.</param>
    /// <param name="policy">The probabilities of all actions under the policy, <c>[N, A]</c>.</param>
    public static double[] Accumulate(LoggedRows log, LoggedEpisodes episodes, double[] policy)
    {
        var weights = new double[log.Count];
        for (var episode = 0; episode < episodes.Count; episode++)
        {
            var sum = 0.0;
            foreach (var row in episodes.Rows(episode))
                weights[row] = sum += Math.Log(policy[(row * log.ActionCount) + log.Actions[row]]) - Math.Log(log.Propensities[row]);
        }

        return weights;
    }

    /// <summary>Computes a value per episode, <c>[E]</c>, from its rows in the order of the steps.</summary>
    public T[] PerEpisode<T>(Func<ReadOnlySpan<int>, T> compute)
    {
        var values = new T[Count];
        for (var episode = 0; episode < Count; episode++)
            values[episode] = compute(Episodes.Rows(episode));
        return values;
    }

    /// <summary>Computes the discounted returns of the logged rewards, <c>[E]</c>.</summary>
    public double[] Returns() => PerEpisode(rows =>
    {
        var sum = 0.0;
        for (var step = rows.Length - 1; step >= 0; step--)
            sum = Rewards[rows[step]] + (Discount * sum);
        return sum;
    });

    /// <summary>Computes what followed each row by the model of the values, <c>r + discount V</c> of the next row, <c>[N]</c>.</summary>
    public double[] Targets() => [.. Rewards.Select((reward, row) => reward + (Episodes.Next[row] is >= 0 and var next ? Discount * Expected[next] : 0))];

    /// <summary>Returns the logarithm of each episode's weight at its end, <c>[E]</c>.</summary>
    public double[] FinalLogWeights() => PerEpisode(rows => LogWeights[rows[^1]]);
}
