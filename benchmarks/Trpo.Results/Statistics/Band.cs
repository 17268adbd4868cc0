namespace Trpo.Results.Statistics;

/// <summary>The learning curves of several seeds, brought to a common grid of steps.</summary>
internal static class Band
{
    /// <summary>At each step of the grid, the least, the mean and the greatest of the curves; where a curve has not begun, nothing.</summary>
    /// <param name="curves">Curves of ascending steps; between its points, a curve is what it was at the last one.</param>
    /// <param name="points">The number of steps in the grid, which ends where the first of the curves does.</param>
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
