using Trpo.Estimators.Logs.Estimation;
using Trpo.Estimators.Logs.Estimation.Episodes;

namespace Trpo.Estimators.Logs;

/// <summary>A log in memory, with the probabilities of a policy.</summary>
/// <param name="Rows">The rows.</param>
/// <param name="Policy">The probabilities of all actions under the policy, <c>[N, A]</c>.</param>
/// <param name="ActionNames">The names of the actions, <c>[A]</c>.</param>
internal sealed record LoadedLog(LoggedRows Rows, double[] Policy, IReadOnlyList<string> ActionNames)
{
    /// <summary>The episodes; null for a log of decisions that are independent of each other.</summary>
    public LoggedEpisodes? Episodes { get; init; }
}
