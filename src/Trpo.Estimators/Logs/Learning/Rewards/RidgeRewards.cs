using System.Numerics.Tensors;
using Trpo.Estimators.Logs.Estimation;

namespace Trpo.Estimators.Logs.Learning.Rewards;

/// <summary>A ridge regression per action on the standardized observation.</summary>
/// <param name="penalty">The penalty of the squared coefficients, above 0.</param>
internal sealed class RidgeRewards(double penalty) : IRewardModel
{
    // The regression's sums are the square of the length.
    private const int MaxLength = 2_000;

    /// <inheritdoc/>
    public bool IsLinear => true;

    /// <inheritdoc/>
    public IRewardPredictor Fit(LoggedRows log, int[] rows, int seed, Action check)
    {
        if (log.Length > MaxLength)
            throw new LogException($"The {(log.Inputs is null ? "observations" : "context and the features of a candidate")} have {log.Length} values, for which the ridge regressions of the rewards would take too long; {MaxLength} is the maximum. Set TrpoFromLogOptions.RewardModel to RewardModel.Network, or put a transform such as ProjectToPrincipalComponents in front.");
        var (scale, features) = (FeatureScale.Of(log), new double[log.Length + 1]);
        var center = 0.0;
        foreach (var row in rows)
            center += log.Rewards[row];
        center /= rows.Length;
        var coefficients = new double[log.ActionCount][];
        for (var action = 0; action < coefficients.Length; action++)
        {
            check();
            var sums = new RidgeSums(features.Length);
            foreach (var row in rows)
            {
                if (log.Actions[row] != action)
                    continue;
                check();
                scale.Read(log.Observation(row), features);
                sums.Add(features, log.Rewards[row]);
            }

            check();
            coefficients[action] = sums.Solve(penalty, center);
        }

        return new Predictor(scale, center, coefficients);
    }

    private sealed class Predictor(FeatureScale scale, double center, double[][] coefficients) : IRewardPredictor
    {
        public void Predict(LoggedRows log, int[] rows, float[] predictions, Action check)
        {
            var features = new double[log.Length + 1];
            foreach (var row in rows)
            {
                check();
                scale.Read(log.Observation(row), features);
                for (var action = 0; action < coefficients.Length; action++)
                    predictions[(row * coefficients.Length) + action] = (float)(center + TensorPrimitives.Dot<double>(features, coefficients[action]));
            }
        }

        public void Dispose()
        {
        }
    }
}
