using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The model of the rewards of candidates: one ridge regression for all on the standardized context, features and their products (<see cref="CandidateFeatures"/>), cross-fitted as <see cref="CrossFittedRidge"/>.</summary>
internal static class CandidateRidge
{
    private const int CheckedRows = 1_024;

    /// <summary>Computes the rewards that are expected of every candidate, <c>[N, M]</c>, each row by the model of the other folds; 0 where there is no candidate.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="layout">The places of the candidates in the observations.</param>
    /// <param name="folds">The fold of each row, <c>[N]</c>, from 0.</param>
    /// <param name="foldCount">The number of folds, at least 2.</param>
    /// <param name="penalty">The penalty of the squared coefficients, above 0.</param>
    /// <param name="check">Throws to end the computation.</param>
    public static double[] Predict(LoggedRows log, CandidateLayout layout, ReadOnlySpan<int> folds, int foldCount, double penalty, Action check)
    {
        var inputs = new CandidateFeatures(layout, isLinear: true);
        var taken = inputs.Taken(log, [.. Enumerable.Range(0, log.Count)]);
        var (scale, values, features) = (FeatureScale.Of(taken), new float[inputs.Length], new double[inputs.Length + 1]);
        RidgeSums[] sums = [.. Enumerable.Range(0, foldCount).Select(_ => new RidgeSums(features.Length))];
        for (var i = 0; i < log.Count; i++)
        {
            Check(i);
            scale.Read(taken.Observation(i), features);
            sums[folds[i]].Add(features, log.Rewards[i]);
        }

        var centers = CrossFittedRidge.Centers(log, folds, foldCount);
        var coefficients = new double[foldCount][];
        for (var fold = 0; fold < foldCount; fold++)
        {
            check();
            coefficients[fold] = CrossFittedRidge.Others(sums, fold, features.Length).Solve(penalty, centers[fold]);
        }

        var predictions = new double[log.Count * log.ActionCount];
        for (var i = 0; i < log.Count; i++)
        {
            Check(i);
            for (var candidate = 0; candidate < log.ActionCount; candidate++)
            {
                if (!log.IsEligible(i, candidate))
                    continue;
                inputs.Read(log.Observation(i), candidate, values);
                scale.Read(values, features);
                predictions[(i * log.ActionCount) + candidate] = centers[folds[i]] + TensorPrimitives.Dot<double>(features, coefficients[folds[i]]);
            }
        }

        return predictions;

        void Check(int row)
        {
            if (row % CheckedRows == 0)
                check();
        }
    }
}
