using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orleans;
using Orleans.Configuration;
using Orleans.Hosting;
using Trpo.Cli.Foundation;
using Trpo.Orleans;

namespace Trpo.Cli.Clusters;

/// <summary>A client of an Orleans cluster, connected through the gateway of one silo.</summary>
internal sealed class ClusterConnection : IDisposable
{
    /// <summary>The time that the connection, and later each answer, may take: longer than Orleans waits for either.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(10);

    // An address whose packets are dropped must leave time for the others.
    private static readonly TimeSpan AddressTimeout = TimeSpan.FromSeconds(2);

    private readonly ClusterGateway _gateway;
    private readonly IHost _host;

    private ClusterConnection(ClusterGateway gateway, IHost host) => (_gateway, _host) = (gateway, host);

    /// <summary>Connects.</summary>
    /// <param name="gateway">The gateway.</param>
    /// <param name="timeout">The time after which the attempt fails.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="CommandException">The gateway does not answer, or its cluster has other names.</exception>
    public static ClusterConnection Open(ClusterGateway gateway, TimeSpan timeout, CancellationToken cancellation)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        limit.CancelAfter(timeout);
        var host = Call(gateway, "connect", async () => Create(gateway, await FindAsync(gateway, limit.Token)), cancellation);
        var connection = new ClusterConnection(gateway, host);
        try
        {
            Call(gateway, "connect", () => connection.StartAsync(limit.Token), cancellation);
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <summary>Returns the silos with their blocks.</summary>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="CommandException">No silo answers, or none has workers.</exception>
    public IReadOnlyList<TrpoWorkerSilo> GetWorkers(CancellationToken cancellation) =>
        Call(_gateway, "list the workers", () => _host.Services.GetRequiredService<IClusterClient>().GetTrpoWorkersAsync(cancellation).WaitAsync(Timeout, cancellation), cancellation);

    /// <summary>Closes the connection.</summary>
    public void Dispose() => _host.Dispose();

    private static async Task<IPAddress[]> AddressesAsync(ClusterGateway gateway, CancellationToken cancellation)
    {
        try
        {
            return await Dns.GetHostAddressesAsync(gateway.Host, cancellation);
        }
        catch (SocketException exception)
        {
            throw new CommandException($"--gateway {gateway} names a machine that cannot be found: {exception.Message}. Is the name spelled as your network knows it?", exception);
        }
    }

    // A name may have addresses that nobody listens to, and Orleans would try those until the time is over, without telling why.
    private static async Task<IPEndPoint> FindAsync(ClusterGateway gateway, CancellationToken cancellation)
    {
        var endpoints = (await AddressesAsync(gateway, cancellation)).Select(address => new IPEndPoint(address, gateway.Port));
        return await FirstThatAnswersAsync(endpoints, AddressTimeout, ConnectAsync, cancellation);
    }

    /// <summary>Returns the first endpoint that can be connected to.</summary>
    /// <param name="endpoints">The endpoints, in the order in which they are tried.</param>
    /// <param name="limit">The time that each may take.</param>
    /// <param name="connect">Connects.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="SocketException">The last endpoint refuses, or there is none.</exception>
    /// <exception cref="TimeoutException">The last endpoint gives no answer.</exception>
    internal static async Task<IPEndPoint> FirstThatAnswersAsync(IEnumerable<IPEndPoint> endpoints, TimeSpan limit, Func<IPEndPoint, CancellationToken, Task> connect, CancellationToken cancellation)
    {
        Exception failure = new SocketException((int)SocketError.HostNotFound);
        foreach (var endpoint in endpoints)
        {
            using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
            timeout.CancelAfter(limit);
            try
            {
                await connect(endpoint, timeout.Token);
                return endpoint;
            }
            catch (SocketException exception)
            {
                failure = exception;
            }
            catch (OperationCanceledException exception) when (!cancellation.IsCancellationRequested)
            {
                failure = new TimeoutException($"{endpoint} gives no answer", exception);
            }
        }

        throw failure;
    }

    private static async Task ConnectAsync(IPEndPoint endpoint, CancellationToken cancellation)
    {
        using var socket = new Socket(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endpoint, cancellation);
    }

    private static IHost Create(ClusterGateway gateway, IPEndPoint endpoint)
    {
        var builder = Host.CreateEmptyApplicationBuilder(settings: null);
        builder.UseOrleansClient(client => client
            .UseStaticClustering(endpoint)
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (gateway.Cluster, gateway.Service)));
        return builder.Build();
    }

    // The attempt itself heeds the token late.
    private async Task<bool> StartAsync(CancellationToken cancellation)
    {
        await _host.StartAsync(cancellation).WaitAsync(cancellation);
        return true;
    }

    private static T Call<T>(ClusterGateway gateway, string purpose, Func<Task<T>> call, CancellationToken cancellation)
    {
        try
        {
            return Task.Run(call, CancellationToken.None).GetAwaiter().GetResult();
        }
        catch (Exception exception) when (exception is not CommandException)
        {
            cancellation.ThrowIfCancellationRequested();

            // A call fails in ways of the network, of its security and of Orleans; for the user, each is a cluster that does not answer.
            var reason = exception is OperationCanceledException or TimeoutException ? "it gave no answer in time" : exception.GetBaseException().Message.TrimEnd('.');
            throw new CommandException($"Cannot {purpose} through gateway {gateway} of cluster '{gateway.Cluster}' (service '{gateway.Service}'): {reason}. Is a silo with AddTrpoWorkers or UseTrpoWorkers running there, is {gateway.Port} its port for clients (30000 by default) rather than that for silos (11111), and are --cluster and --service its ClusterId and ServiceId?", exception);
        }
    }
}
