using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;
using Trpo.Examples.Cluster;
using Trpo.Orleans.Connections;

namespace Trpo.Orleans.Tests.Support;

/// <summary>A silo or a client in this process that joins a cluster as those of the example do.</summary>
internal sealed class Member : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly IHost _host;
    private readonly Func<IHost, Task> _start;

    private Member(Action<HostApplicationBuilder> configure, Func<IHost, Task> start)
    {
        _start = start;
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        configure(builder);
        _host = builder.Build();
    }

    /// <summary>Gets the client of the member.</summary>
    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Gets the workers, none of which is left out because its silo is slow to answer at first.</summary>
    public TrainingWorkers PatientWorkers => new() { Transport = new OrleansTransport(Client, TimeProvider.System, TimeSpan.FromSeconds(10), Patience) };

    /// <summary>Returns the number of silos with workers that the client knows.</summary>
    public int CountSilos() => Client.GetTrpoWorkersAsync().GetAwaiter().GetResult().Count(silo => silo.Capacity > 0);

    /// <summary>Returns the number of silos that have blocks.</summary>
    public int CountUsedSilos() => new SiloSurvey(Client, Client.ServiceProvider.GetRequiredService<IClusterManifestProvider>(), TimeProvider.System, Patience).AskAsync().GetAwaiter().GetResult().Values.Count(report => report.Blocks.Length > 0);

    /// <summary>Creates a silo with workers for CartPole.</summary>
    /// <param name="membership">The conditions under which it may join.</param>
    /// <param name="primary">The port of the first silo, without Redis.</param>
    /// <param name="ports">The port for silos and that for clients.</param>
    public static Member Silo(Membership membership, int primary, params int[] ports) => new(builder => builder.UseOrleans(silo =>
    {
        membership.Configure(silo, primary);
        silo.ConfigureEndpoints(IPAddress.Loopback, ports[0], ports[1]);
        silo.AddTrpoWorkers(workers => workers.AddEnvironment("CartPole", () => new CartPole()));
    }), host => host.StartAsync());

    /// <summary>Creates a client.</summary>
    /// <param name="membership">The conditions under which it may connect.</param>
    /// <param name="gateways">The ports for clients, without Redis.</param>
    public static Member ClientOf(Membership membership, params int[] gateways) => new(
        builder => builder.UseOrleansClient(client =>
        {
            membership.Configure(client, gateways);
            client.UseTrpoWorkers();
        }),
        host => membership.ConnectAsync(host, TimeSpan.FromMinutes(1), CancellationToken.None));

    /// <summary>Joins the cluster.</summary>
    public async Task<Member> StartAsync()
    {
        await _start(_host);
        return this;
    }

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }
}
