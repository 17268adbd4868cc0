using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Orleans.Hosting;

namespace Trpo.Orleans.Tests.Support;

/// <summary>A silo in this process with a port for clients, whose workers are fakes.</summary>
internal sealed class GatewaySilo : IAsyncDisposable
{
    // Below the ports that systems give to outgoing connections, which could take one between its choice and its use.
    private static int _lastPort = 20_000 + (Environment.ProcessId % 100 * 100);

    private readonly IHost _host;

    private GatewaySilo(IHost host, int gateway) => (_host, Gateway) = (host, $"127.0.0.1:{gateway}");

    /// <summary>The address for clients.</summary>
    public string Gateway { get; }

    public IClusterClient Client => _host.Services.GetRequiredService<IClusterClient>();

    /// <summary>Starts a silo of the cluster "a" and the service "b".</summary>
    public static async Task<GatewaySilo> StartAsync(int capacity)
    {
        var ports = FreePorts(2);
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo =>
        {
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, ports[0]))
                .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = ("a", "b"))
                .ConfigureEndpoints(IPAddress.Loopback, ports[0], ports[1]);
            silo.Services.AddSingleton<IBlockWorkerFactory>(new FakeWorkers());
            silo.AddTrpoWorkers(workers =>
            {
                workers.AddEnvironment("CartPole", () => new CartPole());
                workers.Capacity = capacity;
            });
        });
        var host = builder.Build();
        await host.StartAsync();
        return new GatewaySilo(host, ports[1]);
    }

    /// <summary>Returns ports of this machine that nobody listens to, each of them once.</summary>
    public static int[] FreePorts(int count) => [.. Enumerable.Range(0, count).Select(_ => FreePort())];

    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
    }

    private static int FreePort()
    {
        while (true)
        {
            var port = Interlocked.Increment(ref _lastPort);
            using var listener = new TcpListener(IPAddress.Loopback, port);
            try
            {
                listener.Start();
                return port;
            }
            catch (SocketException error) when (error.SocketErrorCode is SocketError.AddressAlreadyInUse)
            {
                // The next one may be free.
            }
        }
    }
}
