namespace Trpo.Estimators.Logs.Evaluation;

/// <summary>A policy that costs nothing to have, for comparison.</summary>
public enum LogBaselineKind
{
    /// <summary>The policy that wrote the log: the mean of the rewards.</summary>
    Log,

    /// <summary>A uniformly random choice of the eligible actions that the log has.</summary>
    Uniform,

    /// <summary>Always the one action with the best SNIPS estimate on the rows of the other folds; a uniform choice where it is not eligible. Left out with <see cref="LogColumns.ActionFeatures"/>, where an action is another candidate in each row.</summary>
    BestSingleAction,

    /// <summary>The eligible action, of those that the log has, of which the reward model expects most, a ridge regression per action that was fitted on the rows of the other folds. With <see cref="LogColumns.ActionFeatures"/>, one regression for all candidates.</summary>
    RidgeArgmax,
}
