using System.Globalization;

namespace Trpo.Fingerprints;

/// <summary>Compares two outputs of <see cref="SpeedReport"/>, each of one or more processes.</summary>
internal static class SpeedComparison
{
    /// <summary>Prints the minimum and median of each part for both builds, and their ratios: above 1, the second build is slower.</summary>
    /// <param name="before">The path of the output of the first build.</param>
    /// <param name="after">The path of the output of the second build.</param>
    /// <returns>0; a noisy machine is for the reader to judge.</returns>
    public static int Print(string before, string after)
    {
        var (first, second) = (Read(before), Read(after));
        Console.WriteLine("ns per step                      min: before     after  ratio   median: before     after  ratio");
        foreach (var part in first.Keys)
        {
            var (a, b) = (first[part], second[part]);
            var (middleA, middleB) = (Median(a), Median(b));
            Console.WriteLine($"{part,-32} {a[0],11:F0} {b[0],9:F0} {b[0] / a[0],6:F3} {middleA,16:F0} {middleB,9:F0} {middleB / middleA,6:F3}");
        }

        return 0;
    }

    private static Dictionary<string, double[]> Read(string path) => File.ReadLines(path)
        .Select(line => line.Split(' '))
        .GroupBy(fields => $"{fields[0]} {fields[1]}", fields => double.Parse(fields[2], CultureInfo.InvariantCulture))
        .ToDictionary(group => group.Key, group => group.Order().ToArray());

    private static double Median(double[] sorted) => (sorted[(sorted.Length - 1) / 2] + sorted[sorted.Length / 2]) / 2;
}
