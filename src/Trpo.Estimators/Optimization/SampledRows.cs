namespace Trpo.Estimators.Optimization;

/// <summary>The rows of a batch that curvature is computed on.</summary>
/// <param name="Observations">The observations, <c>[S, d]</c>.</param>
/// <param name="Actions">The actions, <c>[S, k]</c>; empty for a value function.</param>
/// <param name="Count">The number of rows, <c>S</c>.</param>
internal readonly record struct SampledRows(float[] Observations, double[] Actions, int Count)
{
    /// <summary>Joins the rows of groups, in their order.</summary>
    public static SampledRows Join(IReadOnlyList<SampledRows> groups) => groups.Count == 1
        ? groups[0]
        : new SampledRows([.. groups.SelectMany(group => group.Observations)], [.. groups.SelectMany(group => group.Actions)], groups.Sum(group => group.Count));
}
