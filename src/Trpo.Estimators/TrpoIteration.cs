using Trpo.Estimators.Display;
using Trpo.Estimators.Networks;
using Trpo.Estimators.Optimization;
using Trpo.Estimators.Workers;

namespace Trpo.Estimators;

/// <summary>The measurements of one iteration: a rollout, an update of the policy and a fit of the value function.</summary>
public sealed record TrpoIteration
{
    private readonly RunOrigin _origin;

    /// <summary>Gets the number of the iteration, from 1.</summary>
    public required int Iteration { get; init; }

    /// <summary>Gets the environment steps up to the end of the iteration, over all environments.</summary>
    public required int Steps { get; init; }

    /// <summary>Gets the environment steps of the whole training, over all environments.</summary>
    public required int TotalSteps { get; init; }

    /// <summary>Gets the time since training began, without the time in which it was stopped.</summary>
    public required TimeSpan Elapsed { get; init; }

    /// <summary>Gets the returns of the episodes that ended in this iteration, in the order of their ends. Episodes that <see cref="TrpoOptions.StaggerStarts"/> cut off are left out.</summary>
    public required IReadOnlyList<double> Returns { get; init; }

    /// <summary>Gets the number of episodes that ended in this iteration.</summary>
    public int Episodes => Returns.Count;

    /// <summary>Gets the mean return of the episodes that ended in this iteration; NaN if none did.</summary>
    public required double MeanReturn { get; init; }

    /// <summary>Gets the mean return of the last 100 episodes (of all, while there are fewer); NaN before any ended.</summary>
    public required double MeanReturnOfLast100 { get; init; }

    /// <summary>Gets the mean length of the episodes that ended in this iteration, in steps; NaN if none did.</summary>
    public required double MeanEpisodeLength { get; init; }

    /// <summary>Gets the update of the policy: its outcome, KL divergence and step.</summary>
    public required TrustRegionStep Update { get; init; }

    /// <summary>Gets the radius of the trust region of this iteration, in nats. An optimizer of your own does not read it.</summary>
    public double MaxKl { get; init; }

    /// <summary>Gets the number of updates in a row, up to this one, that were rejected. A gradient of zero is no rejection, and ends no row.</summary>
    public int RejectedInARow { get; init; }

    /// <summary>Gets the number of rollbacks to an earlier state so far, because training diverged (<see cref="Health.HealthOptions.MaxRollbacks"/>).</summary>
    public int Rollbacks { get; init; }

    /// <summary>Gets the number of failed environments so far that were replaced by new ones (<c>maxRestarts</c> of <see cref="ReinforcementLearningCatalog.LoadFromEnvironment"/>). Their episodes are not among the <see cref="Returns"/>.</summary>
    public int Restarts { get; init; }

    /// <summary>Gets the number of shards of the training (<see cref="TrpoOptions.Shards"/>), which is the same in all its iterations.</summary>
    public int Shards { get; init; } = 1;

    /// <summary>Gets the mean entropy of the policy before the update, in nats (of continuous actions in the units of <see cref="TrpoOptions.RescaleActions"/>), over the states of the update, those of reused iterations included; NaN if an optimizer of your own computed no gradient.</summary>
    public required double Entropy { get; init; }

    /// <summary>
    /// Gets the share of the value targets' variance that the value function explained before it was fitted to them,
    /// <c>1 - Var(target - value) / Var(target)</c>: 1 is perfect, 0 no better than a constant. NaN if the targets do not vary.
    /// </summary>
    public required double ExplainedVariance { get; init; }

    /// <summary>Gets the value function's mean squared error after its fit.</summary>
    public required double ValueLoss { get; init; }

    /// <summary>
    /// Gets the evaluation of the policy that the iteration ended with; null where there was none (<see cref="TrpoOptions.Evaluation"/>). One that was stopped or failed is made when training resumes, which
    /// reports the iteration again, with it.
    /// </summary>
    public TrpoEvaluation? Evaluation { get; init; }

    /// <summary>Gets the time of each part of the iteration.</summary>
    public required IterationTimes Times { get; init; }

    /// <summary>Gets the times of each block of shards on its worker (<see cref="TrpoOptions.Workers"/>), in the order of the shards; empty where the training runs in one process.</summary>
    public IReadOnlyList<WorkerTimes> Workers { get; init; } = [];

    /// <summary>Gets the engine that computed the policy's network; <see cref="TrainingEngine.Automatic"/> if it is not known.</summary>
    public TrainingEngine Engine { get; init; }

    /// <summary>Gets the engine that computed the value function; null for a <see cref="TrpoOptions.Baseline"/> of your own.</summary>
    public TrainingEngine? ValueEngine { get; init; }

    /// <summary>Gets the device of the networks, such as <c>cpu</c> or <c>cuda:0</c>.</summary>
    public string Device { get; init; } = "cpu";

    /// <summary>Gets the average speed since training began, in environment steps per second.</summary>
    public double StepsPerSecond => Steps / Elapsed.TotalSeconds;

    /// <summary>Gets the training, for displays that show several; null for an iteration that none made.</summary>
    internal TrainingRun? Run
    {
        get => _origin.Run;
        init => _origin = new RunOrigin(value);
    }
}
