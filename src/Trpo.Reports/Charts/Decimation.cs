namespace Trpo.Reports.Charts;

/// <summary>Leaves of a curve what can be seen: of each column of pixels the first, the least, the greatest and the last value.</summary>
internal static class Decimation
{
    private const int KeptPerColumn = 4;

    /// <summary>The points to draw, in their order; those that are not finite are left out.</summary>
    /// <param name="x">The positions, ascending.</param>
    /// <param name="y">The values.</param>
    /// <param name="end">Where the axis ends; it begins at 0.</param>
    /// <param name="columns">The number of columns of pixels.</param>
    public static (double[] X, double[] Y) Apply(IReadOnlyList<double> x, IReadOnlyList<double> y, double end, int columns)
    {
        List<double> keptX = [], keptY = [];
        Span<int> kept = stackalloc int[KeptPerColumn];
        for (var i = 0; i < x.Count;)
        {
            if (!double.IsFinite(y[i]))
            {
                i++;
                continue;
            }

            var column = ColumnOf(x[i]);
            var (first, least, greatest, last) = (i, i, i, i);
            for (; i < x.Count && ColumnOf(x[i]) == column; i++)
            {
                if (!double.IsFinite(y[i]))
                    continue;
                least = y[i] < y[least] ? i : least;
                greatest = y[i] > y[greatest] ? i : greatest;
                last = i;
            }

            (kept[0], kept[1], kept[2], kept[3]) = (first, Math.Min(least, greatest), Math.Max(least, greatest), last);
            for (var k = 0; k < kept.Length; k++)
            {
                if (k > 0 && kept[k] == kept[k - 1])
                    continue;
                keptX.Add(x[kept[k]]);
                keptY.Add(y[kept[k]]);
            }
        }

        return ([.. keptX], [.. keptY]);

        int ColumnOf(double position) => (int)Math.Clamp(position / end * columns, 0, columns - 1);
    }
}
