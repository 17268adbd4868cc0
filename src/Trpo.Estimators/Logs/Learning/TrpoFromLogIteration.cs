using Trpo.Estimators.Display;
using Trpo.Estimators.Optimization;

namespace Trpo.Estimators.Logs.Learning;

/// <summary>The results of an iteration of learning from a log. Values are mean rewards per decision, in the units of the log.</summary>
public sealed record TrpoFromLogIteration
{
    private readonly RunOrigin _origin;

    /// <summary>The number of the iteration, from 1; 0 for the start.</summary>
    public required int Iteration { get; init; }

    /// <summary>The number of iterations after which learning ends.</summary>
    public required int Iterations { get; init; }

    /// <summary>The number of rows of the step.</summary>
    public required int Rows { get; init; }

    /// <summary>The step.</summary>
    public required TrustRegionStep Update { get; init; }

    /// <summary>The number of trials of the line search that were refused because they left too few effective rows.</summary>
    public int RefusedTrials { get; init; }

    /// <summary>The effective sample size of the step's rows after the step, for the policy that draws its actions by their probabilities.</summary>
    public double EffectiveRows { get; init; }

    /// <summary>The policy's estimated value on the rows of the step, after the step. By <see cref="LearningEstimator.DR"/>, corrections are limited by <see cref="TrpoFromLogOptions.MaxInverseProbability"/>.</summary>
    public double Value { get; init; }

    /// <summary>The mean entropy of the policy before the step, in nats.</summary>
    public double Entropy { get; init; }

    /// <summary>The estimated value, on the held-out rows and after the step, of the policy that draws its actions by their probabilities; null without held-out rows. The largest of many, that of the returned policy is too high: evaluate it on other rows.</summary>
    public double? HeldOutValue { get; init; }

    /// <summary>The standard error of <see cref="HeldOutValue"/>; null without held-out rows.</summary>
    public double? HeldOutError { get; init; }

    /// <summary>True if the policy is the one to return so far.</summary>
    public bool IsBest { get; init; }

    /// <summary>The reason for which learning ends with this iteration; null while it continues.</summary>
    public LearningOutcome? Outcome { get; init; }

    /// <summary>Gets the training, for displays that show several; null for an iteration that none made.</summary>
    internal TrainingRun? Run
    {
        get => _origin.Run;
        init => _origin = new RunOrigin(value);
    }
}
