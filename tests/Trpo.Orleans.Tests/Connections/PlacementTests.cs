using Trpo.Estimators.Workers;
using Trpo.Orleans.Tests.Support;

namespace Trpo.Orleans.Tests.Connections;

/// <summary>The silos that the blocks of a training run on.</summary>
public sealed class PlacementTests
{
    [Test]
    public async Task Blocks_are_spread_in_proportion_to_the_capacities()
    {
        await using var cluster = await Cluster.StartAsync(2, 4);
        var transport = cluster.PatientWorkers.Transport;

        await Task.WhenAll(Enumerable.Range(0, 6).Select(block => transport.Connect($"block {block}").SendAsync([1], default)));

        Assert.That(new[] { cluster.BlocksOf(0).Count, cluster.BlocksOf(1).Count }, Is.EqualTo(new[] { 2, 4 }));
    }

    [Test]
    public async Task A_training_makes_room_for_the_blocks_of_others()
    {
        await using var cluster = await Cluster.StartAsync(4, 4);
        var first = cluster.PatientWorkers.Transport;
        using var block = first.Connect("first");
        await block.SendAsync([1], default);
        var second = cluster.PatientWorkers.Transport;

        await Task.WhenAll(Enumerable.Range(0, 3).Select(block => second.Connect($"second {block}").SendAsync([1], default)));

        Assert.That(new[] { cluster.BlocksOf(0).Count, cluster.BlocksOf(1).Count }, Is.EqualTo(new[] { 2, 2 }));
    }

    [Test]
    public async Task Silos_without_workers_pass_calls_on_and_get_no_block()
    {
        await using var cluster = await Cluster.StartAsync(0, 1, 0);
        var transport = cluster.PatientWorkers.Transport;

        await Task.WhenAll(Enumerable.Range(0, 3).Select(block => transport.Connect($"block {block}").SendAsync([1], default)));

        Assert.That(cluster.BlocksOf(1), Has.Count.EqualTo(3));
        Assert.That(cluster.Log.Messages, Has.Some.Contains("more than its capacity of 1"));
    }

    [Test]
    public async Task A_silo_of_the_cluster_trains_on_the_others()
    {
        await using var cluster = await Cluster.StartAsync(0, 2);
        var client = (IClusterClient)cluster.Silos[0].ServiceProvider.GetService(typeof(IClusterClient))!;
        using var block = client.TrpoWorkers().Transport.Connect("block");

        Assert.That(await block.SendAsync([1, 2, 3], default), Is.EqualTo(new byte[] { 3, 2, 1 }));
        Assert.That(cluster.BlocksOf(1), Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_cluster_without_workers_is_named()
    {
        await using var cluster = await Cluster.StartAsync(0);
        var transport = cluster.PatientWorkers.Transport;
        using var block = transport.Connect("block");

        var error = await Assert.ThrowsAsync<WorkerException>(() => block.SendAsync([1], default));

        Assert.That(error!.Message, Does.StartWith($"None of the 1 silos of the {transport.Name}").And.Contain("AddTrpoWorkers"));
    }

    [Test]
    public async Task A_silo_that_joins_gets_the_next_blocks()
    {
        await using var cluster = await Cluster.StartAsync(1);
        using var first = cluster.PatientWorkers.Transport.Connect("first");
        await first.SendAsync([1], default);
        await cluster.AddAsync(2);
        var later = cluster.PatientWorkers.Transport;

        await later.Connect("second").SendAsync([1], default);
        await later.Connect("third").SendAsync([1], default);

        Assert.That(cluster.BlocksOf(1), Has.Count.EqualTo(2));
    }
}
