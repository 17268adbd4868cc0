namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>
/// The discounted sum over the steps of weighted means, <c>sum_t discount^t sum_i w_it x_it / sum_i w_it</c>, of which <see cref="WeightedPerDecisionSampling"/> and <see cref="WeightedDoublyRobust"/>
/// consist. An episode that has ended stays in the means with its last weight and <c>x = 0</c>, as in a state that is never left.
/// </summary>
internal static class StepMeans
{
    /// <summary>
    /// Computes the term of each episode, <c>sum_t discount^t (m_t + E w_it (x_it - m_t) / sum_j w_jt)</c>, the linearization of the ratios: the mean of the terms is the sum of the means, and their
    /// standard error that of the delta method.
    /// </summary>
    /// <param name="episodes">The episodes.</param>
    /// <param name="values">The values x, <c>[N]</c>.</param>
    /// <returns>The terms, <c>[E]</c>; NaN if all weights of a step are 0.</returns>
    public static double[] Terms(OffPolicyEpisodes episodes, double[] values)
    {
        var (steps, horizon) = (episodes.Episodes.RowsBySteps(), episodes.Episodes.Horizon);
        var (sums, means) = (new double[horizon], new double[horizon]);
        var (total, discount, ended) = (0.0, 1.0, double.NegativeInfinity);
        var terms = new double[episodes.Count];
        for (var step = 0; step < horizon; step++, discount *= episodes.Discount)
        {
            sums[step] = LogSum(steps[step], episodes.LogWeights, ended);
            if (double.IsNegativeInfinity(sums[step]))
            {
                Array.Fill(terms, double.NaN);
                return terms;
            }

            foreach (var row in steps[step])
                means[step] += Weigh(Math.Exp(episodes.LogWeights[row] - sums[step]), values[row]);
            total += discount * means[step];
            ended = LogSum([.. steps[step].Where(row => episodes.Episodes.Next[row] < 0)], episodes.LogWeights, ended);
        }

        var (minLogSums, tails) = Tails(sums, means, episodes.Discount);
        for (var episode = 0; episode < terms.Length; episode++)
        {
            var rows = episodes.Episodes.Rows(episode);
            var (sum, factor) = (0.0, 1.0);
            for (var step = 0; step < rows.Length; step++, factor *= episodes.Discount)
                sum += factor * Weigh(Math.Exp(episodes.LogWeights[rows[step]] - sums[step]), values[rows[step]] - means[step]);
            if (rows.Length < horizon)
                sum -= Math.Exp(episodes.LogWeights[rows[^1]] - minLogSums[rows.Length]) * tails[rows.Length];
            terms[episode] = total + (terms.Length * sum);
        }

        return terms;
    }

    // The sums over the steps from each one on of discount^t m_t / S_t, by which the weight of an episode that ended before is multiplied. They are multiplied with the smallest S of those steps, which is
    // no less than that weight, so that nothing overflows.
    private static (double[] MinLogSums, double[] Tails) Tails(double[] sums, double[] means, double discount)
    {
        var (minLogSums, tails) = (new double[sums.Length + 1], new double[sums.Length + 1]);
        minLogSums[^1] = double.PositiveInfinity;
        for (var step = sums.Length - 1; step >= 0; step--)
        {
            minLogSums[step] = Math.Min(minLogSums[step + 1], sums[step]);
            tails[step] = (tails[step + 1] * Math.Exp(minLogSums[step] - minLogSums[step + 1])) + (Math.Pow(discount, step) * means[step] * Math.Exp(minLogSums[step] - sums[step]));
        }

        return (minLogSums, tails);
    }

    private static double LogSum(ReadOnlySpan<int> rows, double[] logarithms, double other)
    {
        var max = other;
        foreach (var row in rows)
            max = Math.Max(max, logarithms[row]);
        if (double.IsNegativeInfinity(max))
            return max;
        var sum = Math.Exp(other - max);
        foreach (var row in rows)
            sum += Math.Exp(logarithms[row] - max);
        return max + Math.Log(sum);
    }

    // A weight of 0 is a decision that the policy does not make, whatever came of it.
    private static double Weigh(double weight, double value) => weight == 0 ? 0 : weight * value;
}
