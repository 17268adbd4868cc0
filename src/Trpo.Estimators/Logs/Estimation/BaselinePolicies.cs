namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The probabilities of all actions, <c>[N, A]</c>, under policies that a log brings itself. None takes an action that is not eligible, or that no row of the log has: nothing is known of it.</summary>
/// <param name="log">The rows.</param>
internal sealed class BaselinePolicies(LoggedRows log)
{
    private readonly bool[] _isTried = Tried(log);

    /// <summary>Computes the uniform choice among the eligible actions that the log has.</summary>
    public double[] Uniform()
    {
        var policy = new double[log.Count * log.ActionCount];
        for (var i = 0; i < log.Count; i++)
            Spread(policy, i);
        return policy;
    }

    /// <summary>Computes the choice of one action for each fold, the one with the best SNIPS estimate on the rows of the other folds; a uniform choice where it is not eligible.</summary>
    /// <param name="folds">The fold of each row, <c>[N]</c>.</param>
    /// <param name="foldCount">The number of folds.</param>
    public double[] BestSingleAction(ReadOnlySpan<int> folds, int foldCount)
    {
        var (weights, rewards) = (new double[foldCount, log.ActionCount], new double[foldCount, log.ActionCount]);
        for (var i = 0; i < log.Count; i++)
        {
            for (var fold = 0; fold < foldCount; fold++)
            {
                if (fold == folds[i])
                    continue;
                weights[fold, log.Actions[i]] += 1 / log.Propensities[i];
                rewards[fold, log.Actions[i]] += log.Rewards[i] / log.Propensities[i];
            }
        }

        int[] best = [.. Enumerable.Range(0, foldCount).Select(fold => Enumerable.Range(0, log.ActionCount).Where(action => weights[fold, action] > 0).MaxBy(action => rewards[fold, action] / weights[fold, action]))];
        var policy = new double[log.Count * log.ActionCount];
        for (var i = 0; i < log.Count; i++)
        {
            if (log.IsEligible(i, best[folds[i]]))
                policy[(i * log.ActionCount) + best[folds[i]]] = 1;
            else
                Spread(policy, i);
        }

        return policy;
    }

    /// <summary>Computes the choice of the eligible action, of those that the log has, of which a model of the rewards expects most.</summary>
    /// <param name="model">The rewards that the model expects of all actions, <c>[N, A]</c>.</param>
    public double[] Argmax(ReadOnlySpan<double> model)
    {
        var policy = new double[log.Count * log.ActionCount];
        for (var i = 0; i < log.Count; i++)
        {
            var best = -1;
            for (var action = 0; action < log.ActionCount; action++)
            {
                if (CanTake(i, action) && (best < 0 || model[(i * log.ActionCount) + action] > model[(i * log.ActionCount) + best]))
                    best = action;
            }

            policy[(i * log.ActionCount) + best] = 1;
        }

        return policy;
    }

    private void Spread(double[] policy, int row)
    {
        var count = 0;
        for (var action = 0; action < log.ActionCount; action++)
            count += CanTake(row, action) ? 1 : 0;
        for (var action = 0; action < log.ActionCount; action++)
            policy[(row * log.ActionCount) + action] = CanTake(row, action) ? 1.0 / count : 0;
    }

    private bool CanTake(int row, int action) => _isTried[action] && log.IsEligible(row, action);

    private static bool[] Tried(LoggedRows log)
    {
        var tried = new bool[log.ActionCount];

        // A candidate is known by its features, not by its place.
        if (log.Candidates is not null)
            Array.Fill(tried, true);
        foreach (var action in log.Actions)
            tried[action] = true;
        return tried;
    }
}
