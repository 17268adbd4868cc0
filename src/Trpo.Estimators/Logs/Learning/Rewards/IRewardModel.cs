using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Learning.Rewards;

/// <summary>A model of the rewards of all actions that can be fitted to rows of a log.</summary>
internal interface IRewardModel
{
    /// <summary>True if the model is a linear function of the observation.</summary>
    bool IsLinear => false;

    /// <summary>Fits the model to some rows.</summary>
    /// <param name="log">The log, in a random order, with standardized rewards.</param>
    /// <param name="rows">The indices of the rows, at least one, in ascending order.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="check">Throws to end the fit.</param>
    IRewardPredictor Fit(LoggedRows log, int[] rows, int seed, Action check);
}
