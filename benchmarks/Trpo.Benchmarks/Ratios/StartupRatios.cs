using System.Diagnostics;
using System.Globalization;

namespace Trpo.Benchmarks.Ratios;

/// <summary>Measurements of the start of a process that trains CartPole with the defaults, until the first iteration is reported. Processes of the parts run in turns.</summary>
internal static class StartupRatios
{
    private const int Processes = 7;

    public static IEnumerable<Ratio> Measure()
    {
        string[] parts = [StartupProbe.Empty, StartupProbe.Torch, StartupProbe.Training];
        var times = parts.ToDictionary(part => part, _ => new List<double[]>());

        // The first round reads the files into the memory of the system, and does not count.
        for (var round = 0; round <= Processes; round++)
        {
            foreach (var part in parts)
            {
                var taken = Start(part);
                if (round > 0)
                    times[part].Add(taken);
            }
        }

        double Median(string part, int index = 0) => SideBySide.Median(times[part].Select(taken => taken[index]));
        var (empty, torch, first, second) = (Median(StartupProbe.Empty), Median(StartupProbe.Torch), Median(StartupProbe.Training), Median(StartupProbe.Training, 1));
        yield return Ratio.AtMost(100, "milliseconds_until_an_empty_process_runs", empty);
        yield return Ratio.AtMost(700, "milliseconds_until_libtorch_is_loaded", torch);
        yield return Ratio.AtMost(700, "milliseconds_until_the_first_iteration_is_reported", first);
        yield return Ratio.AtMost(50, "milliseconds_of_a_second_training_until_its_first_iteration", second);
    }

    private static double[] Start(string part)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!) { RedirectStandardOutput = true };
        if (Path.GetFileNameWithoutExtension(start.FileName) == "dotnet")
            start.ArgumentList.Add(typeof(StartupRatios).Assembly.Location);
        start.ArgumentList.Add(StartupProbe.Verb);
        start.ArgumentList.Add(part);
        start.ArgumentList.Add(Stopwatch.GetTimestamp().ToString(CultureInfo.InvariantCulture));
        using var process = Process.Start(start)!;
        var line = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"The process that measures the start of '{part}' ended with {process.ExitCode}.");
        return [.. line.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Select(time => double.Parse(time, CultureInfo.InvariantCulture))];
    }
}
