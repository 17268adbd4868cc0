using Microsoft.Extensions.Diagnostics.HealthChecks;
using Trpo.Orleans.Hosting;

namespace Trpo.Orleans;

/// <summary>
/// The health of a silo's workers: healthy with up to <see cref="TrpoWorkerOptions.Capacity"/> shards, degraded with more, unhealthy while the silo stops, as far as anything asks it then: a web server in the same host stops first. The data have the state of each block.
/// <code>
/// services.AddHealthChecks().AddCheck&lt;TrpoWorkerHealthCheck&gt;("trpo-workers");
/// </code>
/// </summary>
public sealed class TrpoWorkerHealthCheck : IHealthCheck
{
    private readonly SiloWorkers _workers;

    /// <summary>Creates the check.</summary>
    /// <param name="services">The services of the silo.</param>
    /// <exception cref="InvalidOperationException">The silo has neither <see cref="SiloBuilderExtensions.AddTrpoWorkers"/> nor <see cref="SiloBuilderExtensions.UseTrpoWorkers"/>.</exception>
    public TrpoWorkerHealthCheck(IServiceProvider services)
    {
        ArgumentNullException.ThrowIfNull(services);
        _workers = (SiloWorkers?)services.GetService(typeof(SiloWorkers))
            ?? throw new InvalidOperationException($"The silo has no workers: call {nameof(SiloBuilderExtensions.AddTrpoWorkers)} on its builder.");
    }

    /// <inheritdoc/>
    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var blocks = _workers.Blocks;
        var data = blocks.ToDictionary(block => block.Key, block => (object)block.Status);
        var shards = _workers.Shards;
        var description = $"{Amount.Of(shards, "shard")} in {Amount.Of(blocks.Count, "block")}, room for {Amount.Of(_workers.Capacity, "shard")}";
        var result = _workers.IsStopping ? HealthCheckResult.Unhealthy($"{description}; the silo is stopping", data: data)
            : shards > _workers.Capacity ? HealthCheckResult.Degraded(description, data: data)
            : HealthCheckResult.Healthy(description, data);
        return Task.FromResult(result);
    }
}
