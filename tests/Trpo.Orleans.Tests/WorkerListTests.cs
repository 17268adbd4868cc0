using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Metadata;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Grains;
using Trpo.Orleans.Tests.Support;

namespace Trpo.Orleans.Tests;

/// <summary>The list of a cluster's silos and blocks.</summary>
public sealed class WorkerListTests
{
    [Test]
    public async Task The_state_of_each_block_comes_with_its_silo()
    {
        await using var cluster = await Cluster.StartAsync(2, 0);
        using var block = cluster.Workers.Transport.Connect("block");
        await block.SendAsync([1], default);

        var silos = await cluster.Client.GetTrpoWorkersAsync();

        Assert.That(silos.Select(silo => silo.Address), Is.EquivalentTo(cluster.Silos.Select(silo => silo.SiloAddress.Endpoint.ToString())));
        Assert.That(silos.Select(silo => (silo.Capacity, silo.Shards, silo.Blocks.Count, silo.Failure)), Is.EquivalentTo(new (int, int, int, string?)[] { (2, 1, 1, null), (0, 0, 0, null) }));
        var expected = new TrpoWorkerBlock
        {
            Training = new Guid(1, 2, 3, new byte[8]),
            Environment = "walk",
            FirstShard = 4,
            Shards = 1,
            Environments = 8,
            Begins = 1,
            Steps = 100,
            RolloutTime = TimeSpan.FromSeconds(0.5),
            Restarts = 3,
            Operation = "Collect",
        };
        Assert.That(silos.Single(silo => silo.Capacity == 2).Blocks, Is.EqualTo(new[] { expected }));
        Assert.That(expected.StepsPerSecond, Is.EqualTo(200));
        Assert.That(new TrpoWorkerBlock().StepsPerSecond, Is.Zero);
    }

    [Test]
    public async Task A_silo_that_does_not_answer_is_listed_with_the_reason()
    {
        await using var cluster = await Cluster.StartAsync(1);
        var lost = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 9), 7);
        var manifests = new ManifestsWith(lost, like: cluster.Silos[0].SiloAddress, cluster.ClientServices.GetRequiredService<IClusterManifestProvider>());

        var answers = await new SiloSurvey(cluster.Client, manifests, TimeProvider.System, TimeSpan.FromSeconds(30)).AskAllAsync();

        var silos = answers.Select(ClusterClientExtensions.SiloOf).ToDictionary(silo => silo.Address);
        Assert.That(silos, Has.Count.EqualTo(2));
        Assert.That(silos["127.0.0.1:9"].Failure, Is.Not.Null.And.Not.Empty);
        Assert.That(silos["127.0.0.1:9"].Capacity, Is.Zero);
        Assert.That(silos[cluster.Silos[0].SiloAddress.Endpoint.ToString()].Failure, Is.Null);
    }

    [Test]
    public async Task Silos_are_listed_by_address_and_port_whichever_has_started_first()
    {
        SiloAddress[] silos = [SiloOf("10.0.0.2", 9, generation: 1), SiloOf("10.0.0.1", 10, generation: 2), SiloOf("10.0.0.1", 9, generation: 3)];

        var listed = await FakeClient.Of(_ => Task.FromResult(new SiloReport(1, [], silos)), silos).GetTrpoWorkersAsync();

        Assert.That(listed.Select(silo => silo.Address), Is.EqualTo(new[] { "10.0.0.1:9", "10.0.0.1:10", "10.0.0.2:9" }));
    }

    [Test]
    public async Task A_look_that_is_cancelled_while_a_silo_owes_an_answer_ends()
    {
        var asked = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var client = FakeClient.Of(
            _ =>
            {
                asked.SetResult();
                return new TaskCompletionSource<SiloReport>().Task;
            },
            SiloOf("10.0.0.1", 9, generation: 1));
        using var cancellation = new CancellationTokenSource();

        var look = client.GetTrpoWorkersAsync(cancellation.Token);
        await asked.Task;
        await cancellation.CancelAsync();

        var error = await Assert.ThrowsAsync<TaskCanceledException>(() => look);
        Assert.That(error!.CancellationToken, Is.EqualTo(cancellation.Token));
    }

    private static SiloAddress SiloOf(string address, int port, int generation) => SiloAddress.New(new IPEndPoint(IPAddress.Parse(address), port), generation);

    /// <summary>The manifests of a client that has not noticed yet that a silo is lost.</summary>
    private sealed class ManifestsWith(SiloAddress lost, SiloAddress like, IClusterManifestProvider inner) : IClusterManifestProvider
    {
        public ClusterManifest Current => new(inner.Current.Version, inner.Current.Silos.Add(lost, inner.Current.Silos[like]));

        public IAsyncEnumerable<ClusterManifest> Updates => inner.Updates;

        public GrainManifest LocalGrainManifest => inner.LocalGrainManifest;
    }
}
