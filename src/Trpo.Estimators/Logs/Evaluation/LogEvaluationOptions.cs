using Trpo.Estimators.Foundation;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;

namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>The options of an evaluation from a log.</summary>
public sealed record LogEvaluationOptions
{
    /// <summary>The two-sided level of the intervals, at least 0.5 and below 1; 0.95 by default.</summary>
    public double Level { get; init; } = 0.95;

    /// <summary>
    /// The level of the verdict, at least 0.5 and below 1; 0.95 by default: where there is no difference, a wrong <see cref="LogVerdict.Better"/> in 2.5 % of the cases, and a wrong <see cref="LogVerdict.Worse"/> in 2.5 %. Verdicts on the
    /// same question, such as one a week, are wrong together more often than each: with a budget of 5 % for a wrong verdict among all of <c>n</c>, this is <c>1 - 0.05 / n</c>, or <c>1 - 0.05 / 2^k</c> for the
    /// <c>k</c>-th of any number.
    /// </summary>
    public double VerdictLevel { get; init; } = 0.95;

    /// <summary>The factor by which a reward counts less for each step of its episode, above 0 and at most 1; 1 by default. Other values are refused for a log without <see cref="LogColumns.Episode"/>.</summary>
    public double Discount { get; init; } = 1;

    /// <summary>The number of folds by which the reward model is cross-fitted, from 2 to 20; 3 by default, and at most the number of rows, or of episodes, which are never divided.</summary>
    public int Folds { get; init; } = 3;

    /// <summary>The seed of the folds; 0 by default.</summary>
    public int Seed { get; init; }

    /// <summary>The penalty of the squared coefficients of the reward model, in units of the standardized observation, at least 1e-6; 1 by default.</summary>
    public double RidgePenalty { get; init; } = 1;

    /// <summary>The weight above which <see cref="OffPolicyEstimator.SwitchDR"/> relies on the reward model, 0 or more; 10 by default, null for no limit.</summary>
    public double? SwitchThreshold { get; init; } = 10;

    /// <summary>The lambda of <see cref="OffPolicyEstimator.DRos"/>, which halves a weight of its root; positive, 100 by default, null for no shrinkage.</summary>
    public double? Shrinkage { get; init; } = 100;

    /// <summary>
    /// The selection of the actions of a <see cref="PolicyTransformer"/>: <see cref="ActionSelection.Mode"/> for the most probable one, or <see cref="ActionSelection.Sample"/> for its
    /// probabilities. Null, the default, is the policy's own. A rule has no use for it.
    /// </summary>
    public ActionSelection? Selection { get; init; }

    /// <summary>
    /// The actions of a rule in the order of its probabilities. Null, the default, for those of a column of keys, in the order of the keys unless their values are the numbers from 0, or numbers from 0; a column of texts needs them. A
    /// <see cref="PolicyTransformer"/> brings its own.
    /// </summary>
    public DiscreteActionSpace? Actions { get; init; }

    /// <summary>
    /// True if the policy was learned or chosen from some of the rows: <see cref="LogEvaluation.Doubt"/> then says so, and there are no verdicts, and no intervals of the policy's estimates, which are too high there. False by default; no
    /// number of an evaluation shows it.
    /// </summary>
    public bool HasLearnedRows { get; init; }

    /// <summary>Receives the share of the reward model that is fitted, from 0 to 1, after each of its regressions; null by default. It is called on the thread of the evaluation.</summary>
    public IProgress<double>? Progress { get; init; }

    /// <summary>Ends the evaluation between two rows, or two regressions.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>Checks the ranges.</summary>
    /// <exception cref="ArgumentOutOfRangeException">An option is out of its range.</exception>
    internal void Validate()
    {
        CheckLevel(Level, nameof(Level));
        CheckLevel(VerdictLevel, nameof(VerdictLevel));
        if (!(Discount > 0 && Discount <= 1))
            throw new ArgumentOutOfRangeException(nameof(Discount), Discount, $"{nameof(Discount)} must be above 0 and at most 1.");
        Check.Between(Folds, 2, 20);
        Check.Positive(RidgePenalty);
        if (RidgePenalty < 1e-6)
            throw new ArgumentOutOfRangeException(nameof(RidgePenalty), RidgePenalty, $"{nameof(RidgePenalty)} must be at least 1E-06.");
        if (SwitchThreshold is { } threshold)
            Check.NotNegative(threshold, nameof(SwitchThreshold));
        if (Shrinkage is { } lambda)
            Check.Positive(lambda, nameof(Shrinkage));
    }

    // Below a half, a verdict is wrong more often than right where there is no difference.
    private static void CheckLevel(double level, string name)
    {
        if (!(level >= 0.5 && level < 1))
            throw new ArgumentOutOfRangeException(name, level, $"{name} must be at least 0.5 and below 1.");
    }
}
