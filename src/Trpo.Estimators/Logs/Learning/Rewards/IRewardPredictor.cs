using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Learning.Rewards;

/// <summary>A fitted model of the rewards of all actions.</summary>
internal interface IRewardPredictor : IDisposable
{
    /// <summary>Predicts the rewards of rows.</summary>
    /// <param name="log">The log.</param>
    /// <param name="rows">The indices of the rows.</param>
    /// <param name="predictions">Receives the expected reward of every action in the rows of these indices, <c>[N, A]</c>; other rows are left as they are.</param>
    /// <param name="check">Throws to end the prediction.</param>
    void Predict(LoggedRows log, int[] rows, float[] predictions, Action check);
}
