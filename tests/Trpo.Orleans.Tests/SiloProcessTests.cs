using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Orleans.Configuration;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Workers;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Grains;
using Trpo.Orleans.Tests.Support;
using Trpo.Tests.Workers;

namespace Trpo.Orleans.Tests;

/// <summary>A training in a silo without workers, whose shards are in other processes.</summary>
public sealed class SiloProcessTests
{
    private static readonly TrpoOptions Options = new() { TotalSteps = 12_000, StepsPerIteration = 600, FinalStepsPerIteration = 600, HiddenLayers = [8], Seed = 1, Shards = 4 };

    // No silo is left out because it is slow to answer.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [Test]
    public async Task A_process_that_is_killed_changes_no_bit()
    {
        var cluster = Guid.NewGuid().ToString("N");
        var ports = GatewaySilo.FreePorts(6);
        using var primary = await StartPrimaryAsync(cluster, ports[0], ports[1]);
        var silos = await SiloProcess.AllAsync(SiloProcess.StartAsync(cluster, ports[0], ports[2], ports[3]), SiloProcess.StartAsync(cluster, ports[0], ports[4], ports[5]));
        using var first = silos[0];
        using var second = silos[1];
        Assert.That(() => CountWorkers(primary.Services), Is.EqualTo(2).After(60_000, 50), "Silos hear of each other a little later.");
        var transport = new OrleansTransport(primary.Services.GetRequiredService<IClusterClient>(), TimeProvider.System, TimeSpan.FromSeconds(10), Patience);
        var workers = new TrainingWorkers { Transport = transport, LossTimeout = TimeSpan.FromSeconds(2) };
        var (killed, blocks) = (0, 0);

        var there = Train(Options with { Workers = workers }, iteration =>
        {
            if (iteration == 3)
            {
                blocks = BlocksOf(primary.Services, first.Address).Length;
                first.Kill();
                killed = iteration;
            }
        });

        Assert.That(killed, Is.EqualTo(3));
        Assert.That(blocks, Is.Positive, "The process had a part of the training.");
        Assert.That(there, Is.EqualTo(Train(Options, _ => { })));
        await primary.StopAsync();
    }

    private static int CountWorkers(IServiceProvider services) => Survey(services).Values.Count(report => report.Capacity > 0);

    private static BlockReport[] BlocksOf(IServiceProvider services, IPEndPoint silo) => Survey(services).Single(report => report.Key.Endpoint.Equals(silo)).Value.Blocks;

    private static IReadOnlyDictionary<SiloAddress, SiloReport> Survey(IServiceProvider services) =>
        new SiloSurvey(services.GetRequiredService<IClusterClient>(), services.GetRequiredService<IClusterManifestProvider>(), TimeProvider.System, Patience).AskAsync().GetAwaiter().GetResult();

    private static string Train(TrpoOptions options, Action<int> reached) => ClusterRun.Train(options, () => new CartPole(), count: 7, reached: reached).Digest;

    private static async Task<IHost> StartPrimaryAsync(string cluster, int port, int gateway)
    {
        var builder = Host.CreateApplicationBuilder();
        builder.Logging.ClearProviders();
        builder.UseOrleans(silo => silo
            .UseDevelopmentClustering(new IPEndPoint(IPAddress.Loopback, port))
            .Configure<ClusterOptions>(options => (options.ClusterId, options.ServiceId) = (cluster, cluster))
            .ConfigureEndpoints(IPAddress.Loopback, port, gateway)
            .UseTrpoWorkers());
        var host = builder.Build();
        await host.StartAsync();
        return host;
    }
}
