using System.Globalization;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Learning.Rewards;

/// <summary>
/// The cross-fitted predictions of a reward model: each row for training is predicted by a model of the other folds of these, and a held-out row by a model of all rows for training. In-sample
/// predictions repeat the noise of the rows, which biases the doubly robust estimates.
/// </summary>
internal static class CrossFit
{
    /// <summary>Computes the expected rewards of all actions, <c>[N, A]</c>.</summary>
    /// <param name="model">The model.</param>
    /// <param name="log">The log, in a random order, so that the remainders of the indices are folds.</param>
    /// <param name="training">The number of rows for training, which come first.</param>
    /// <param name="folds">The number of folds, at least 2.</param>
    /// <param name="seed">The seed.</param>
    /// <param name="check">Throws to end the computation.</param>
    /// <exception cref="LogException">A prediction is not finite.</exception>
    public static float[] Predict(IRewardModel model, LoggedRows log, int training, int folds, int seed, Action check)
    {
        var predictions = new float[log.Count * log.ActionCount];
        for (var fold = 0; fold < folds; fold++)
            Run(row => row % folds != fold, row => row % folds == fold, training);
        if (training < log.Count)
            Run(_ => true, row => row >= training, log.Count);
        var index = Array.FindIndex(predictions, value => !float.IsFinite(value));
        return index < 0 ? predictions : throw new LogException(string.Create(CultureInfo.InvariantCulture, $"The reward model predicts {predictions[index]:G6} for action {index % log.ActionCount} (from 0) of a row. Scale the observations, by NormalizeMeanVariance for example, or choose another TrpoFromLogOptions.RewardModel."));

        void Run(Func<int, bool> fits, Func<int, bool> predicts, int end)
        {
            check();
            int[] fitted = [.. Enumerable.Range(0, training).Where(fits)], predicted = [.. Enumerable.Range(0, end).Where(predicts)];
            using var predictor = model.Fit(log, fitted, seed, check);
            predictor.Predict(log, predicted, predictions, check);
        }
    }
}
