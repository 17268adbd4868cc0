using System.Diagnostics;
using System.Globalization;
using Trpo.Onnx;
using Trpo.Onnx.Hosting;
using Trpo.Runtime.Spaces;

namespace Trpo.Examples.Personalizer.Simulating;

/// <summary>The command line of the load on loopback: <c>load [seconds] [callers] [database]</c>. It prints decisions per second, each on record, beside an endpoint that does nothing, and the memory while a version is replaced every 10 seconds.</summary>
internal static class LoadCommand
{
    public static async Task<int> RunAsync(string[] args)
    {
        var seconds = args.Length > 0 ? int.Parse(args[0], CultureInfo.InvariantCulture) : 60;
        var callers = args.Length > 1 ? int.Parse(args[1], CultureInfo.InvariantCulture) : 32;
        var folder = Directory.CreateTempSubdirectory("personalizer-");
        try
        {
            var database = args.Length > 2 ? args[2] : $"Data Source={Path.Combine(folder.FullName, "personalizer.db")}";
            var versions = Path.Combine(folder.FullName, "versions");
            using var service = new ServiceProcess(new() { ["Database"] = database, ["Versions"] = versions, ["MaxRequestsPerSecond"] = "10000000" });
            await service.StartAsync();
            Report("bare endpoint", await MeasureAsync(Math.Min(10, seconds), callers, async _ => (await service.Client.GetAsync("health")).EnsureSuccessStatusCode().Dispose()));
            using var stop = new CancellationTokenSource();
            var replacing = ReplaceAsync(database, versions, service, stop.Token);
            Report("decisions, each on record", await MeasureAsync(seconds, callers, async i =>
                (await service.Client.PostAsJsonAsync("decide", new { Context = new { x = (i % 200 / 100.0) - 1, y = (i % 300 / 150.0) - 1 } })).EnsureSuccessStatusCode().Dispose()));
            await stop.CancelAsync();
            await replacing;
            return 0;
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static void Report(string name, List<double> times)
    {
        times.Sort();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{name}: {(times.Count - 1) / -times[0]:F0} a second, median {times[times.Count / 2]:F2} ms, p99 {times[(int)(times.Count * 0.99)]:F2} ms"));
    }

    // Milliseconds of each call; the first, which is less than all, is the negated length of the measurement in seconds.
    private static async Task<List<double>> MeasureAsync(int seconds, int callers, Func<int, Task> call)
    {
        var started = Stopwatch.GetTimestamp();
        var next = 0;
        var all = await Task.WhenAll(Enumerable.Range(0, callers).Select(_ => Task.Run(async () =>
        {
            var times = new List<double>();
            while (Stopwatch.GetElapsedTime(started).TotalSeconds < seconds)
            {
                var before = Stopwatch.GetTimestamp();
                await call(Interlocked.Increment(ref next));
                times.Add(Stopwatch.GetElapsedTime(before).TotalMilliseconds);
            }

            return times;
        })));
        return [.. all.SelectMany(times => times).Prepend(-Stopwatch.GetElapsedTime(started).TotalSeconds)];
    }

    private static async Task ReplaceAsync(string database, string versions, ServiceProcess service, CancellationToken stop)
    {
        await using var tables = new Database(new PersonalizerOptions { Database = database, Features = Population.Features, Actions = Population.Actions });
        var observations = ObservationSpace.Unbounded(Population.Features.Length + Population.Actions.Length);
        var kept = new PolicyVersions(versions);
        PolicyVersion Add(bool hasMask) => kept.Add(UniformPolicy.Create(observations, (DiscreteActionSpace)ActionSpace.Discrete(Population.Actions), hasMask));
        var (one, other) = (Add(true), Add(false));
        for (var turn = 1; !stop.IsCancellationRequested; turn++)
        {
            using var process = Process.GetProcessById(service.ProcessId);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {(turn - 1) * 10,4} s: {process.WorkingSet64 >> 20} MiB"));
            await Task.Delay(TimeSpan.FromSeconds(10), stop).ContinueWith(_ => { }, TaskScheduler.Default);
            var version = turn % 2 == 0 ? one : other;
            await tables.WriteAsync((connection, transaction) => Database.ExecuteAsync(connection, transaction, "INSERT INTO deployment (number, time_ms, name, version, sha256, reason) VALUES ((SELECT MAX(number) + 1 FROM deployment), 0, 'load', @p0, @p1, 'load')", version.Number, version.Sha256), CancellationToken.None);
        }
    }
}
