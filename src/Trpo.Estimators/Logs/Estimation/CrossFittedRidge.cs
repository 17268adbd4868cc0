using System.Numerics.Tensors;

namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// The model of the rewards: a ridge regression per action on the standardized observation, cross-fitted, so that no row is predicted by a model that has seen it. A model that has seen
/// its rows repeats their noise, which biases the doubly robust estimates. Actions with few rows are drawn towards the mean reward of all.
/// </summary>
internal static class CrossFittedRidge
{
    private const int CheckedRows = 1_024;

    /// <summary>Computes the number of multiplications of <see cref="Predict"/>: of the sums, the decompositions and the predictions.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="foldCount">The number of folds.</param>
    public static double CountOperations(LoggedRows log, int foldCount)
    {
        double length = log.Length + 1;
        return (length * length / 2 * log.Count) + (length * log.Count * log.ActionCount) + (foldCount * log.ActionCount * length * length * length / 6);
    }

    /// <summary>Computes the rewards that are expected of every action, <c>[N, A]</c>, each row by the model of the other folds.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="folds">The fold of each row, <c>[N]</c>, from 0.</param>
    /// <param name="foldCount">The number of folds, at least 2.</param>
    /// <param name="penalty">The penalty of the squared coefficients, above 0.</param>
    /// <param name="check">Called once per row and regression; throws to end the computation.</param>
    /// <param name="progress">Receives the share of the actions that are done; null for nobody.</param>
    public static double[] Predict(LoggedRows log, ReadOnlySpan<int> folds, int foldCount, double penalty, Action check, IProgress<double>? progress = null)
    {
        var scale = FeatureScale.Of(log);
        var predictions = new double[log.Count * log.ActionCount];
        var features = new double[log.Length + 1];
        var centers = Centers(log, folds, foldCount);
        for (var action = 0; action < log.ActionCount; action++)
        {
            check();
            RidgeSums[] sums = [.. Enumerable.Range(0, foldCount).Select(_ => new RidgeSums(features.Length))];
            for (var i = 0; i < log.Count; i++)
            {
                if (log.Actions[i] != action)
                    continue;
                check();
                scale.Read(log.Observation(i), features);
                sums[folds[i]].Add(features, log.Rewards[i]);
            }

            var coefficients = new double[foldCount][];
            for (var fold = 0; fold < foldCount; fold++)
            {
                check();
                coefficients[fold] = Others(sums, fold, features.Length).Solve(penalty, centers[fold]);
            }

            for (var i = 0; i < log.Count; i++)
            {
                if (i % CheckedRows == 0)
                    check();
                scale.Read(log.Observation(i), features);
                predictions[(i * log.ActionCount) + action] = centers[folds[i]] + TensorPrimitives.Dot<double>(features, coefficients[folds[i]]);
            }

            progress?.Report((action + 1.0) / log.ActionCount);
        }

        return predictions;
    }

    /// <summary>Adds the sums of all folds but one.</summary>
    public static RidgeSums Others(RidgeSums[] sums, int fold, int length)
    {
        var others = new RidgeSums(length);
        for (var i = 0; i < sums.Length; i++)
        {
            if (i != fold)
                others.Add(sums[i]);
        }

        return others;
    }

    /// <summary>Computes the mean reward of all rows outside each fold.</summary>
    public static double[] Centers(LoggedRows log, ReadOnlySpan<int> folds, int foldCount)
    {
        var (sums, counts) = (new double[foldCount], new int[foldCount]);
        for (var fold = 0; fold < foldCount; fold++)
        {
            for (var i = 0; i < log.Count; i++)
            {
                if (folds[i] == fold)
                    continue;
                sums[fold] += log.Rewards[i];
                counts[fold]++;
            }
        }

        return [.. sums.Select((sum, fold) => sum / counts[fold])];
    }
}
