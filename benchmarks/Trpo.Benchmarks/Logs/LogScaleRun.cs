using System.Diagnostics;
using System.Globalization;
using Trpo.Benchmarks.Ratios;

namespace Trpo.Benchmarks.Logs;

/// <summary>The verb <c>log-scale</c>: learns from logs of more and more rows, each in a process of its own, and prints the time and the memory of each; ratios are to the shortest log, those of times of the time of all processors.</summary>
internal static class LogScaleRun
{
    private const int Rounds = 3;

    private static readonly int[] Rows = [125_000, 250_000, 500_000, 1_000_000];

    /// <returns>0.</returns>
    public static int Execute()
    {
        var measured = Rows.ToDictionary(rows => rows, _ => new List<LogScalePoint>());
        for (var round = 0; round < Rounds; round++)
        {
            // In turns, so that what else the machine does meets all of them.
            foreach (var rows in Rows)
                measured[rows].Add(Start(rows));
        }

        Console.WriteLine("| rows | until the first step has ended | per row, in ratio | each further step | in ratio | peak memory above the start | per row, in ratio |");
        Console.WriteLine("| --- | --- | --- | --- | --- | --- | --- |");
        var shortest = Median(measured[Rows[0]]);
        foreach (var rows in Rows)
        {
            var (point, length) = (Median(measured[rows]), (double)rows / Rows[0]);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"| {rows:N0} | {point.FirstStep:F2} s | {point.FirstStepWork / shortest.FirstStepWork / length:F2} | {point.FurtherStep:F3} s | {point.FurtherStepWork / shortest.FurtherStepWork:F2} | {point.Memory / 1_048_576:F0} MiB | {point.Memory / shortest.Memory / length:F2} |"));
        }

        return 0;
    }

    private static LogScalePoint Median(IReadOnlyList<LogScalePoint> points)
    {
        return new(Of(point => point.FirstStep), Of(point => point.FurtherStep), Of(point => point.FirstStepWork), Of(point => point.FurtherStepWork), Of(point => point.Memory));

        double Of(Func<LogScalePoint, double> select) => SideBySide.Median(points.Select(select));
    }

    private static LogScalePoint Start(int rows)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(LogScaleRun).Assembly.Location);
        start.ArgumentList.Add(LogScaleProbe.Verb);
        start.ArgumentList.Add(rows.ToString(CultureInfo.InvariantCulture));
        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The process that learns from {rows} rows ended with {process.ExitCode}.");
        Console.Error.WriteLine($"{rows} rows: {line.Trim()}");
        double[] values = [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(value => double.Parse(value, CultureInfo.InvariantCulture))];
        return new LogScalePoint(values[0], values[1], values[2], values[3], values[4]);
    }
}
