namespace Trpo.Estimators.Logs.Estimation;

/// <summary>
/// The division of rows into folds of equal size by their content and a seed, so that the result does not depend on the order of the rows. Rows of equal content may lie in different folds.
/// </summary>
internal static class Folds
{
    /// <summary>Returns the fold of each row, <c>[N]</c>, from 0.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="count">The number of folds, at least 2.</param>
    /// <param name="seed">The seed.</param>
    public static int[] Assign(LoggedRows log, int count, int seed)
    {
        var (keys, ties, occurrences) = (new ulong[log.Count], new ulong[log.Count], new Dictionary<(ulong, ulong), int>());

        // The order of the rewards, and not their values, so that a scale of the rewards changes no fold.
        var ranks = log.Rewards.Distinct().Order().Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        for (var i = 0; i < keys.Length; i++)
        {
            keys[i] = RowHash.Of(log.Observation(i), log.Propensities[i], (ulong)seed);

            // Dealt in the order of their outcomes, rows of one key would have equal outcomes in all folds, and the other folds would foretell each.
            var content = RowHash.Of(log.Eligible is null ? [] : log.Eligible.AsSpan(i * log.ActionCount, log.ActionCount), (log.Actions[i], ranks[log.Rewards[i]]), keys[i]);
            var occurrence = occurrences.GetValueOrDefault((keys[i], content));
            occurrences[(keys[i], content)] = occurrence + 1;
            ties[i] = RowHash.Of([], occurrence, content);
        }

        int[] order = [.. Enumerable.Range(0, log.Count)];
        Array.Sort(order, (left, right) => (keys[left], ties[left]).CompareTo((keys[right], ties[right])));
        var folds = new int[log.Count];
        for (var i = 0; i < order.Length; i++)
            folds[order[i]] = i % count;
        return folds;
    }
}
