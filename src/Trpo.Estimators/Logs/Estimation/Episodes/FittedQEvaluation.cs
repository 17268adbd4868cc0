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
    private const int CheckedRows = 1_024;

    private readonly int _foldCount = folds.Max() + 1;
    private readonly FeatureScale _scale = FeatureScale.Of(log);
    private readonly int[][] _steps = episodes.RowsBySteps();
    private readonly double[] _features = new double[log.Length + 1];

    /// <summary>Computes the maximum number of multiplications of <see cref="Evaluate"/>: of the sums, the decompositions and the predictions.</summary>
    /// <param name="policies">The number of policies.</param>
    public double CountOperations(int policies)
    {
        double length = log.Length + 1;
        var (regressions, predictions) = (0.0, 0.0);
        foreach (var rows in _steps)
        {
            var actions = rows.Select(row => log.Actions[row]).Distinct().Count();
            (regressions, predictions) = (regressions + actions, predictions + ((double)rows.Length * actions));
        }

        return (length * length / 2 * log.Count * (_foldCount - 1)) + (_foldCount * ((length * length * length / 6 * regressions) + (length * predictions * policies)));
    }

    /// <summary>Computes the values of policies, whose regressions differ in their targets alone and are solved together.</summary>
    /// <param name="policies">The probabilities of all actions under each policy, <c>[N, A]</c>.</param>
    /// <param name="discount">The discount, above 0 and at most 1.</param>
    /// <param name="penalty">The penalty of the squared coefficients, above 0.</param>
    /// <param name="check">Called once per regression and 1,024 rows; throws to end the computation.</param>
    /// <param name="progress">Receives the share of the steps that are done; null for nobody.</param>
    /// <returns>For each policy, the values of the observations, <c>[N]</c>, and of the logged actions, <c>[N]</c>, by the models of the other folds.</returns>
    public (double[] Expected, double[] Predicted)[] Evaluate(IReadOnlyList<double[]> policies, double discount, double penalty, Action check, IProgress<double>? progress = null)
    {
        PolicyValues[] all = [.. policies.Select(policy => new PolicyValues(policy, log.Count, log.ActionCount))];
        var groups = Array.ConvertAll(_steps, rows => rows.GroupBy(row => log.Actions[row], (action, taken) => (Action: action, Rows: taken.ToArray())).ToArray());
        for (var fold = 0; fold < _foldCount; fold++)
        {
            for (var step = _steps.Length - 1; step >= 0; step--)
            {
                foreach (var values in all)
                    SetTargets(values, _steps[step], fold, discount);
                foreach (var (action, rows) in groups[step])
                    Fit(all, action, rows, fold, penalty, check);
                foreach (var values in all)
                    Predict(values, _steps[step], fold);
                progress?.Report((((fold + 1.0) * _steps.Length) - step) / (_foldCount * _steps.Length));
            }
        }

        return Array.ConvertAll(all, values => (values.Expected, values.Predicted));
    }

    private void SetTargets(PolicyValues values, int[] rows, int fold, double discount)
    {
        foreach (var row in rows)
            values.Targets[row] = log.Rewards[row] + (episodes.Next[row] < 0 ? 0 : discount * values.Next[episodes.Next[row]]);
        values.Range = Range(rows, fold, values.Targets);
        Array.Clear(values.Coefficients);
    }

    private void Fit(PolicyValues[] all, int action, int[] rows, int fold, double penalty, Action check)
    {
        RidgeSums? sums = null;
        Span<double> targets = stackalloc double[all.Length], centers = stackalloc double[all.Length];
        check();
        for (var i = 0; i < rows.Length; i++)
        {
            if (i % CheckedRows == 0)
                check();
            if (folds[rows[i]] == fold)
                continue;
            for (var policy = 0; policy < all.Length; policy++)
                targets[policy] = all[policy].Targets[rows[i]];
            _scale.Read(log.Observation(rows[i]), _features);
            (sums ??= new RidgeSums(_features.Length, all.Length)).Add(_features, targets);
        }

        if (sums is null)
            return;
        for (var policy = 0; policy < all.Length; policy++)
            centers[policy] = all[policy].Range.Mean;
        foreach (var (policy, coefficients) in sums.Solve(penalty, centers).Index())
            all[policy].Coefficients[action] = coefficients;
    }

    // An action without a row is expected to be worth the mean of the step.
    private void Predict(PolicyValues values, int[] rows, int fold)
    {
        var (center, min, max) = values.Range;

        // Far from all rows that it has seen, a line is worth anything: one odd observation would decide DM, and the weights of its row WDR.
        var (lowest, highest) = (min - (max - min), max + (max - min));
        foreach (var row in rows)
        {
            _scale.Read(log.Observation(row), _features);
            var (expected, predicted) = (0.0, 0.0);
            for (var action = 0; action < log.ActionCount; action++)
            {
                var probability = values.Policy[(row * log.ActionCount) + action];
                if (probability == 0 && log.Actions[row] != action)
                    continue;
                var value = values.Coefficients[action] is { } coefficients ? Math.Clamp(center + TensorPrimitives.Dot<double>(_features, coefficients), lowest, highest) : center;
                expected += probability * value;
                if (log.Actions[row] == action)
                    predicted = value;
            }

            if (folds[row] == fold)
                (values.Expected[row], values.Predicted[row]) = (expected, predicted);

            // Extrapolations would grow from step to step.
            values.Next[row] = Math.Clamp(expected, min, max);
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

    // The values of a policy while they are computed.
    private sealed class PolicyValues(double[] policy, int rows, int actions)
    {
        public double[] Policy => policy;

        public double[] Expected { get; } = new double[rows];

        public double[] Predicted { get; } = new double[rows];

        public double[] Targets { get; } = new double[rows];

        // The values of the observations by the model of the present fold, limited to the range of its targets.
        public double[] Next { get; } = new double[rows];

        // The coefficients of each action at the present step; null for one without rows.
        public double[]?[] Coefficients { get; } = new double[actions][];

        public (double Mean, double Min, double Max) Range { get; set; }
    }
}
