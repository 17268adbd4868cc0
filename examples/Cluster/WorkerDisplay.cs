using System.Globalization;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Trpo.Estimators.Workers;

namespace Trpo.Examples.Cluster;

/// <summary>A line for each worker of the silo every five seconds, from the data of the health check.</summary>
/// <param name="checks">The health checks.</param>
/// <param name="silo">The name of the silo.</param>
internal sealed class WorkerDisplay(HealthCheckService checks, string silo) : BackgroundService
{
    /// <summary>The name of the health check.</summary>
    public const string CheckName = "trpo-workers";

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Dictionary<string, long> _steps = [];

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                Print((await checks.CheckHealthAsync(check => check.Name == CheckName, stoppingToken)).Entries[CheckName].Data);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The silo stops.
        }
    }

    private void Print(IReadOnlyDictionary<string, object> workers)
    {
        foreach (var (key, status) in workers.Select(worker => (worker.Key, Status: (WorkerStatus)worker.Value)).OrderBy(worker => worker.Status.FirstShard))
        {
            var shards = status.Shards == 1 ? $"shard {status.FirstShard}" : $"shards {status.FirstShard} to {status.FirstShard + status.Shards - 1}";
            var perSecond = (status.Steps - _steps.GetValueOrDefault(key)) / Interval.TotalSeconds;
            if (status.Shards > 0)
                Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"    worker of {shards} on silo {silo}: {status.Steps:N0} steps of {status.Environments} environments, {perSecond:N0} steps/s"));
            _steps[key] = status.Steps;
        }
    }
}
