namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The rows of a log as the estimators read them: one value per row, <c>[N]</c>, in each of four arrays.</summary>
/// <param name="Weights">The importance weights <c>w = pi(a | x) / p</c>, 0 or more: the probability of the logged action under the policy, over that under the logging policy.</param>
/// <param name="Rewards">The rewards <c>r</c>.</param>
/// <param name="Expected">The rewards that the model expects of the policy, <c>sum_a pi(a | x) q(x, a)</c>.</param>
/// <param name="Predicted">The rewards that the model expects of the logged actions, <c>q(x, a)</c>.</param>
internal sealed record OffPolicyRows(double[] Weights, double[] Rewards, double[] Expected, double[] Predicted)
{
    /// <summary>The number of rows.</summary>
    public int Count => Rewards.Length;

    /// <summary>Computes the rows of a policy.</summary>
    /// <param name="actions">The logged actions, <c>[N]</c>, from 0.</param>
    /// <param name="propensities">The probabilities with which they were chosen, <c>[N]</c>, above 0.</param>
    /// <param name="rewards">The rewards, <c>[N]</c>.</param>
    /// <param name="policy">The probabilities of all actions under the policy, <c>[N, A]</c>.</param>
    /// <param name="model">The rewards that the model expects of all actions, <c>[N, A]</c>.</param>
    public static OffPolicyRows Of(ReadOnlySpan<int> actions, ReadOnlySpan<double> propensities, double[] rewards, ReadOnlySpan<double> policy, ReadOnlySpan<double> model)
    {
        var (count, choices) = (actions.Length, policy.Length / actions.Length);
        var rows = new OffPolicyRows(new double[count], rewards, new double[count], new double[count]);
        for (var i = 0; i < count; i++)
        {
            var probabilities = policy.Slice(i * choices, choices);
            var expected = model.Slice(i * choices, choices);
            rows.Weights[i] = probabilities[actions[i]] / propensities[i];
            rows.Predicted[i] = expected[actions[i]];
            for (var action = 0; action < choices; action++)
                rows.Expected[i] += probabilities[action] * expected[action];
        }

        return rows;
    }
}
