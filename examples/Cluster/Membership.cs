using System.Net;
using Microsoft.Extensions.Hosting;
using Orleans.Clustering.Redis;
using Orleans.Configuration;
using Orleans.Connections.Security;
using StackExchange.Redis;

namespace Trpo.Examples.Cluster;

/// <summary>The conditions under which a process may join the cluster: the same for silos and for clients.</summary>
/// <param name="ClusterId">The identifier of the cluster and of its service.</param>
/// <param name="Redis">The connection to the Redis server that lists the silos; null for silos on this machine.</param>
/// <param name="RedisPassword">The password of the Redis server; null for that of <paramref name="Redis"/>, if any.</param>
/// <param name="Certificate">The file of the certificate that all processes of the cluster have; null for connections without TLS.</param>
internal sealed record Membership(string ClusterId, string? Redis = null, string? RedisPassword = null, string? Certificate = null)
{
    /// <summary>Lets a silo join.</summary>
    /// <param name="silo">The silo.</param>
    /// <param name="primaryPort">The port of the first silo of this machine, which knows the others where there is no Redis server.</param>
    public void Configure(ISiloBuilder silo, int primaryPort)
    {
        silo.Configure<ClusterOptions>(Identify);
        if (Redis is not null)
            silo.UseRedisClustering(Connect);
        else
            silo.UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, primaryPort));
        if (Certificate is not null)
            silo.UseTls(Secure);
    }

    /// <summary>Lets a client connect.</summary>
    /// <param name="client">The client.</param>
    /// <param name="gateways">The ports for clients of the silos on this machine, where there is no Redis server.</param>
    public void Configure(IClientBuilder client, IEnumerable<int> gateways)
    {
        client.Configure<ClusterOptions>(Identify);
        if (Redis is not null)
            client.UseRedisClustering(Connect);
        else
            client.UseStaticClustering([.. gateways.Select(port => new IPEndPoint(IPAddress.Loopback, port))]);
        if (Certificate is not null)
            client.UseTls(Secure);
    }

    /// <summary>Connects a client.</summary>
    /// <param name="client">The host of the client.</param>
    /// <param name="limit">The time after which the client gives up. Orleans itself tries for ever. It does not tell a client that is refused from one that has reached nobody.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="TimeoutException">No silo has accepted the client.</exception>
    public async Task ConnectAsync(IHost client, TimeSpan limit, CancellationToken cancellation)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        timeout.CancelAfter(limit);
        try
        {
            await client.StartAsync(timeout.Token);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            throw new TimeoutException(FormattableString.Invariant($"No silo of cluster '{ClusterId}' has accepted this client for {limit.TotalSeconds} s. Is one running, with the same identifier, Redis server and certificate?"));
        }
    }

    private void Identify(ClusterOptions options) => (options.ClusterId, options.ServiceId) = (ClusterId, ClusterId);

    private void Connect(RedisClusteringOptions options)
    {
        options.ConfigurationOptions = ConfigurationOptions.Parse(Redis!);
        if (RedisPassword is not null)
            options.ConfigurationOptions.Password = RedisPassword;
    }

    // Whoever has the file may join: both ends must show exactly that certificate, whoever has signed it. Orleans asks clients for none by default.
    private void Secure(TlsOptions tls)
    {
        var certificate = Certificates.Load(Certificate!);
        tls.LocalCertificate = certificate;
        tls.RemoteCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.ClientCertificateMode = RemoteCertificateMode.RequireCertificate;
        tls.RemoteCertificateValidation = (shown, _, _) => Certificates.AreEqualAndValid(shown, certificate, DateTimeOffset.UtcNow);
        tls.OnAuthenticateAsClient = (_, authentication) => authentication.TargetHost = Certificates.Name;
    }
}
