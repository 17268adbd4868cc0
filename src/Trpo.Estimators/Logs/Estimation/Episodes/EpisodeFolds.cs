namespace Trpo.Estimators.Logs.Estimation.Episodes;

/// <summary>
/// The division of episodes into folds of equal size by their content and a seed, so that the result does not depend on the order of the rows. Rows of an episode lie in one fold: they tell of each
/// other. Episodes of one row lie in the folds that <see cref="Folds"/> gives their rows.
/// </summary>
internal static class EpisodeFolds
{
    /// <summary>Returns the fold of each row, <c>[N]</c>, from 0.</summary>
    /// <param name="log">The rows.</param>
    /// <param name="episodes">The episodes.</param>
    /// <param name="count">The number of folds, at least 2.</param>
    /// <param name="seed">The seed.</param>
    public static int[] Assign(LoggedRows log, LoggedEpisodes episodes, int count, int seed)
    {
        var (ranks, keys, ties, occurrences) = (Ranks(log, episodes), new ulong[episodes.Count], new ulong[episodes.Count], new Dictionary<(ulong, ulong), int>());
        for (var episode = 0; episode < episodes.Count; episode++)
        {
            var (key, content) = (0UL, 0UL);
            foreach (var row in episodes.Rows(episode))
            {
                var context = RowHash.Of(log.Observation(row), log.Propensities[row], (ulong)seed);
                var outcome = RowHash.Of(log.Eligible is null ? [] : log.Eligible.AsSpan(row * log.ActionCount, log.ActionCount), (log.Actions[row], ranks[row]), context);
                (key, content) = episodes.Steps[row] == 0 ? (context, outcome) : (Join(key, context), Join(content, outcome));
            }

            var occurrence = occurrences.GetValueOrDefault((key, content));
            occurrences[(key, content)] = occurrence + 1;
            (keys[episode], ties[episode]) = (key, RowHash.Of([], occurrence, content));
        }

        int[] order = [.. Enumerable.Range(0, episodes.Count)];
        Array.Sort(order, (left, right) => (keys[left], ties[left]).CompareTo((keys[right], ties[right])));
        var folds = new int[log.Count];
        for (var i = 0; i < order.Length; i++)
        {
            foreach (var row in episodes.Rows(order[i]))
                folds[row] = i % count;
        }

        return folds;
    }

    // The order of the rewards of each step, and not their values, so that neither a scale of the rewards nor a discount changes a fold.
    private static int[] Ranks(LoggedRows log, LoggedEpisodes episodes)
    {
        var ranks = new int[log.Count];
        foreach (var rows in episodes.RowsBySteps())
        {
            var order = rows.Select(row => log.Rewards[row]).Distinct().Order().Index().ToDictionary(pair => pair.Item, pair => pair.Index);
            foreach (var row in rows)
                ranks[row] = order[log.Rewards[row]];
        }

        return ranks;
    }

    private static ulong Join(ulong hash, ulong next) => RowHash.Of([], (unchecked((int)next), unchecked((int)(next >> 32))), hash);
}
