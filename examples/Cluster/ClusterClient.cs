using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trpo.Orleans;

namespace Trpo.Examples.Cluster;

/// <summary>The connection of a process that is no silo.</summary>
internal static class ClusterClient
{
    /// <summary>Connects, does something, and disconnects.</summary>
    /// <param name="membership">The conditions under which the process may connect.</param>
    /// <param name="gateways">The ports for clients of the silos on this machine, where there is no Redis server.</param>
    /// <param name="patience">The time after which it gives up.</param>
    /// <param name="use">Uses the client.</param>
    /// <param name="cancellation">Ends the wait for a silo.</param>
    /// <exception cref="TimeoutException">No silo has accepted the client.</exception>
    public static async Task<int> UseAsync(Membership membership, IReadOnlyList<int> gateways, TimeSpan patience, Func<IClusterClient, Task<int>> use, CancellationToken cancellation)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.AddFilter("Orleans", LogLevel.Error).AddFilter("Microsoft", LogLevel.None).AddFilter("Polly", LogLevel.Warning);
        builder.UseOrleansClient(client =>
        {
            membership.Configure(client, gateways);
            client.UseTrpoWorkers();
        });
        using var host = builder.Build();
        await membership.ConnectAsync(host, patience, cancellation);
        try
        {
            return await use(host.Services.GetRequiredService<IClusterClient>());
        }
        finally
        {
            await host.StopAsync(CancellationToken.None);
        }
    }
}
