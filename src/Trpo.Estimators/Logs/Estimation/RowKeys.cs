namespace Trpo.Estimators.Logs.Estimation;

/// <summary>Two hashes of each row of a log, by which rows are put in an order that does not depend on the one in which they were logged.</summary>
/// <param name="Contexts">The hash of the observation and the probability, <c>[N]</c>.</param>
/// <param name="Rows">The hash of the whole row and of the number of earlier rows that equal it, <c>[N]</c>: no two rows have the same one, but by chance.</param>
internal readonly record struct RowKeys(ulong[] Contexts, ulong[] Rows)
{
    /// <summary>Computes the hashes.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="seed">The seed.</param>
    public static RowKeys Of(LoggedRows log, int seed)
    {
        var (contexts, rows, occurrences) = (new ulong[log.Count], new ulong[log.Count], new Dictionary<(ulong, ulong), int>());

        // The order of the rewards, and not their values, so that a scale of the rewards changes no fold.
        var ranks = log.Rewards.Distinct().Order().Index().ToDictionary(pair => pair.Item, pair => pair.Index);
        for (var i = 0; i < contexts.Length; i++)
        {
            contexts[i] = RowHash.Of(log.Observation(i), log.Propensities[i], (ulong)seed);

            // Dealt in the order of their outcomes, rows of one key would have equal outcomes in all folds, and the other folds would foretell each.
            var content = RowHash.Of(log.Eligible is null ? [] : log.Eligible.AsSpan(i * log.ActionCount, log.ActionCount), (log.Actions[i], ranks[log.Rewards[i]]), contexts[i]);
            var occurrence = occurrences.GetValueOrDefault((contexts[i], content));
            occurrences[(contexts[i], content)] = occurrence + 1;
            rows[i] = RowHash.Of([], occurrence, content);
        }

        return new RowKeys(contexts, rows);
    }

    /// <summary>Returns the indices of the rows in a random order that the seed and the contents decide.</summary>
    public int[] Shuffle()
    {
        var (contexts, rows) = (Contexts, Rows);
        int[] order = [.. Enumerable.Range(0, rows.Length)];
        Array.Sort(order, (left, right) => (rows[left], contexts[left]).CompareTo((rows[right], contexts[right])));
        return order;
    }
}
