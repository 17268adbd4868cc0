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
        var (keys, ties) = RowKeys.Of(log, seed);
        int[] order = [.. Enumerable.Range(0, log.Count)];
        Array.Sort(order, (left, right) => (keys[left], ties[left]).CompareTo((keys[right], ties[right])));
        var folds = new int[log.Count];
        for (var i = 0; i < order.Length; i++)
            folds[order[i]] = i % count;
        return folds;
    }
}
