namespace Trpo.Estimators.Logs.Estimation;

/// <summary>The division of rows into folds of equal size by their content and a seed, so that the result does not depend on the order of the rows.</summary>
internal static class Folds
{
    /// <summary>Returns the fold of each row, <c>[N]</c>, from 0.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="count">The number of folds, at least 2.</param>
    /// <param name="seed">The seed.</param>
    public static int[] Assign(LoggedRows log, int count, int seed)
    {
        var keys = new ulong[log.Count];
        for (var i = 0; i < keys.Length; i++)
            keys[i] = RowHash.Of(log.Observation(i), log.Propensities[i], (ulong)seed);
        int[] order = [.. Enumerable.Range(0, log.Count)];

        // The order of the rewards, and not their values, so that a scale of the rewards changes no fold.
        Array.Sort(order, (left, right) => keys[left] != keys[right]
            ? keys[left].CompareTo(keys[right])
            : (log.Rewards[left], log.Actions[left]).CompareTo((log.Rewards[right], log.Actions[right])));
        var folds = new int[log.Count];
        for (var i = 0; i < order.Length; i++)
            folds[order[i]] = i % count;
        return folds;
    }
}
