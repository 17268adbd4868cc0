using Trpo.Estimators.Optimization;

namespace Trpo.Estimators;

/// <summary>What was measured in one iteration: a rollout, an update of the policy and a fit of the value function.</summary>
public sealed record TrpoIteration
{
    /// <summary>The number of the iteration, from 1.</summary>
    public required int Iteration { get; init; }

    /// <summary>The environment steps so far, over all environments.</summary>
    public required int Steps { get; init; }

    /// <summary>The environment steps that training will make.</summary>
    public required int TotalSteps { get; init; }

    /// <summary>The time since training began.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>The returns of the episodes that ended in this iteration, in the order of their ends; without those that were cut short to stagger starts.</summary>
    public required IReadOnlyList<double> Returns { get; init; }

    /// <summary>The number of episodes that ended in this iteration.</summary>
    public int Episodes => Returns.Count;

    /// <summary>The mean return of the episodes that ended in this iteration; NaN if none did.</summary>
    public required double MeanReturn { get; init; }

    /// <summary>The mean return of the last 100 episodes (of all, while there are fewer); NaN before any ended.</summary>
    public required double MeanReturnOfLast100 { get; init; }

    /// <summary>The mean length of the episodes that ended in this iteration, in steps; NaN if none did.</summary>
    public required double MeanEpisodeLength { get; init; }

    /// <summary>The update of the policy: its outcome, KL divergence and step.</summary>
    public required TrustRegionStep Update { get; init; }

    /// <summary>The radius of the trust region of this iteration, in nats; an optimizer of your own does not read it.</summary>
    public double MaxKl { get; init; }

    /// <summary>The number of updates in a row, up to this one, that were rejected; a gradient of zero is no rejection, and ends no row.</summary>
    public int RejectedInARow { get; init; }

    /// <summary>How often training has gone back to an earlier state because it was ill (<see cref="Health.HealthOptions.MaxRecoveries"/>).</summary>
    public int Recoveries { get; init; }

    /// <summary>The mean entropy of the policy before the update, in nats, over the states of the update, which are those of reused iterations too; NaN where an optimizer of your own asked for no gradient.</summary>
    public required double Entropy { get; init; }

    /// <summary>
    /// How much of the variance of the value targets the value function explained before it was fitted to them,
    /// <c>1 - Var(target - value) / Var(target)</c>: 1 is perfect, 0 no better than a constant. NaN where the targets do not vary.
    /// </summary>
    public required double ExplainedVariance { get; init; }

    /// <summary>The value function's mean squared error after its fit.</summary>
    public required double ValueLoss { get; init; }

    /// <summary>How long each part of the iteration took.</summary>
    public required IterationTimes Times { get; init; }

    /// <summary>The average speed since training began.</summary>
    public double StepsPerSecond => Steps / Elapsed.TotalSeconds;
}
