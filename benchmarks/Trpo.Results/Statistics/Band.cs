namespace Trpo.Results.Statistics;

/// <summary>Statistics of the learning curves of several seeds on a common grid of steps.</summary>
internal static class Band
{
    /// <summary>Computes the minimum, mean and maximum of the curves at each step of the grid; steps before the first point of any curve are left out.</summary>
    /// <param name="curves">The curves, with ascending steps; between two points, a curve has the value of the earlier one.</param>
    /// <param name="points">The number of steps in the grid, which ends with the shortest curve.</param>
    public static IReadOnlyList<BandPoint> Of(IReadOnlyList<IReadOnlyList<(int Steps, double Value)>> curves, int points)
    {
        if (curves.Any(curve => curve.Count == 0))
            return [];
        var end = curves.Min(curve => curve[^1].Steps);
        return [.. Enumerable.Range(1, points)
            .Select(point => (int)((long)end * point / points))
            .Where(steps => curves.All(curve => curve[0].Steps <= steps))
            .Select(steps => At(steps, [.. curves.Select(curve => curve.Last(point => point.Steps <= steps).Value)]))];
    }

    private static BandPoint At(int steps, double[] values) => new(steps, values.Min(), values.Average(), values.Max());
}
