namespace Trpo.Reports.Charts;

/// <summary>The reduction of a curve to the points that can be seen: the first, least, greatest and last value of each column of pixels.</summary>
internal static class Decimation
{
    private const int KeptPerColumn = 4;

    /// <summary>Returns the points to draw, in their order. Values that are not finite are left out.</summary>
    /// <param name="x">The positions, ascending.</param>
    /// <param name="y">The values.</param>
    /// <param name="end">The end of the axis, which begins at 0.</param>
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
            var (first, min, max, last) = (i, i, i, i);
            for (; i < x.Count && ColumnOf(x[i]) == column; i++)
            {
                if (!double.IsFinite(y[i]))
                    continue;
                min = y[i] < y[min] ? i : min;
                max = y[i] > y[max] ? i : max;
                last = i;
            }

            (kept[0], kept[1], kept[2], kept[3]) = (first, Math.Min(min, max), Math.Max(min, max), last);
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
