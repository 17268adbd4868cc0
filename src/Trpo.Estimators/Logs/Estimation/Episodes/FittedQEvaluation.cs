using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>
/// The model of the values of a policy, fitted Q evaluation (Le, Voloshin and Yue, "Batch Policy Learning under Constraints" (2019)), by step from the last to the first: <c>Q_t</c> is a ridge
/// regression per action of <c>r + discount V_(t+1)</c> on the standardized observation, and <c>V_t = sum_a pi(a | x) Q_t(x, a)</c>; nothing follows the end of an episode. It is cross-fitted: no episode
/// is predicted by a model that has seen it. Each step has regressions of its own, since the worth of a state depends on the number of steps that remain.
/// </summary>
/// <param name="log">The rows.</param>
/// <param name="episodes">The episodes.</param>
/// <param name="folds">The fold of each row, <c>[N]</c>, from 0.</param>
internal sealed class FittedQEvaluation(LoggedRows log, LoggedEpisodes episodes, int[] folds)
{
    private readonly FeatureScale _scale = FeatureScale.Of(log);
    private readonly int[][] _steps = episodes.RowsBySteps();
    private readonly double[] _features = new double[log.Length + 1];

    /// <summary>Computes the values of a policy.</summary>
    /// <param name="policy">The probabilities of all actions under the policy, <c>[N, A]</c>.</param>
    /// <param name="discount">The discount, above 0 and at most 1.</param>
    /// <param name="penalty">The penalty of the squared coefficients, above 0.</param>
    /// <param name="check">Called once per step and action; throws to end the computation.</param>
    /// <returns>The values of the observations, <c>[N]</c>, and of the logged actions, <c>[N]</c>, by the models of the other folds.</returns>
    public (double[] Expected, double[] Predicted) Evaluate(double[] policy, double discount, double penalty, Action check)
    {
        var (expected, predicted) = (new double[log.Count], new double[log.Count]);
        var (targets, values, predictions) = (new double[log.Count], new double[log.Count], new double[log.Count]);
        for (var fold = 0; fold <= folds.Max(); fold++)
        {
            for (var step = _steps.Length - 1; step >= 0; step--)
            {
                var rows = _steps[step];
                foreach (var row in rows)
                {
                    targets[row] = log.Rewards[row] + (episodes.Next[row] < 0 ? 0 : discount * values[episodes.Next[row]]);
                    values[row] = 0;
                }

                var (center, min, max) = Range(rows, fold, targets);
                for (var action = 0; action < log.ActionCount; action++)
                {
                    check();
                    Predict(rows, action, Fit(rows, action, fold, targets, penalty, center), center, policy, values, predictions);
                }

                foreach (var row in rows)
                {
                    if (folds[row] == fold)
                        (expected[row], predicted[row]) = (values[row], predictions[row]);

                    // Extrapolations would grow from step to step.
                    values[row] = Math.Clamp(values[row], min, max);
                }
            }
        }

        return (expected, predicted);
    }

    private double[]? Fit(int[] rows, int action, int fold, double[] targets, double penalty, double center)
    {
        RidgeSums? sums = null;
        foreach (var row in rows)
        {
            if (log.Actions[row] != action || folds[row] == fold)
                continue;
            _scale.Read(log.Observation(row), _features);
            (sums ??= new RidgeSums(_features.Length)).Add(_features, targets[row]);
        }

        return sums?.Solve(penalty, center);
    }

    // An action without a row is expected to be worth the mean of the step.
    private void Predict(int[] rows, int action, double[]? coefficients, double center, double[] policy, double[] values, double[] predictions)
    {
        foreach (var row in rows)
        {
            var probability = policy[(row * log.ActionCount) + action];
            if (probability == 0 && log.Actions[row] != action)
                continue;
            var value = center;
            if (coefficients is not null)
            {
                _scale.Read(log.Observation(row), _features);
                value += TensorPrimitives.Dot<double>(_features, coefficients);
            }

            values[row] += probability * value;
            if (log.Actions[row] == action)
                predictions[row] = value;
        }
    }

    // The mean and the range of the targets outside a fold; zeros if there are none, where no other episode is as long.
    private (double Mean, double Min, double Max) Range(int[] rows, int fold, double[] targets)
    {
        var (sum, count, min, max) = (0.0, 0, double.PositiveInfinity, double.NegativeInfinity);
        foreach (var row in rows)
        {
            if (folds[row] == fold)
                continue;
            (sum, count, min, max) = (sum + targets[row], count + 1, Math.Min(min, targets[row]), Math.Max(max, targets[row]));
        }

        return count == 0 ? (0, 0, 0) : (sum / count, min, max);
    }
}
