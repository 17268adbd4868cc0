using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>An action in the log and under the policy that is evaluated.</summary>
public sealed record LogAction
{
    /// <summary>The name of the action.</summary>
    public required string Name { get; init; }

    /// <summary>The share of the rows in which the log took the action.</summary>
    public required double LogShare { get; init; }

    /// <summary>The mean probability with which the policy takes the action.</summary>
    public required double PolicyShare { get; init; }

    /// <summary>The mean reward of the rows in which the log took the action; NaN if there are none. The log took it where it thought best: this is no estimate of the worth of always taking it.</summary>
    public required double MeanReward { get; init; }

    /// <summary>Computes the actions of a log, in the order of their indices.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="policy">The probabilities of all actions under the policy, <c>[N, A]</c>.</param>
    /// <param name="names">The names of the actions, <c>[A]</c>.</param>
    internal static IReadOnlyList<LogAction> Of(LoggedRows log, double[] policy, IReadOnlyList<string> names)
    {
        var (counts, rewards, shares) = (new int[log.ActionCount], new double[log.ActionCount], new double[log.ActionCount]);
        for (var i = 0; i < log.Count; i++)
        {
            counts[log.Actions[i]]++;
            rewards[log.Actions[i]] += log.Rewards[i];
        }

        for (var i = 0; i < policy.Length; i++)
            shares[i % shares.Length] += policy[i];
        return [.. names.Select((name, action) => new LogAction
        {
            Name = name,
            LogShare = (double)counts[action] / log.Count,
            PolicyShare = shares[action] / log.Count,
            MeanReward = rewards[action] / counts[action],
        })];
    }
}
