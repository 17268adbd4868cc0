using Trpo.Orleans.Hosting;
using Trpo.Orleans.Tests.Support;

namespace Trpo.Orleans.Tests.Connections;

/// <summary>The connection of a training to the worker of a block.</summary>
public sealed class BlockConnectionTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Test]
    public async Task Bytes_arrive_and_come_back()
    {
        await using var cluster = await Cluster.StartAsync(1);
        using var block = cluster.Workers.Transport.Connect("block");
        var request = new byte[4_000_000];
        request[^1] = 7;

        var answer = await block.SendAsync(request, default);

        Assert.That(answer, Has.Length.EqualTo(request.Length));
        Assert.That(answer[0], Is.EqualTo(7));
        Assert.That(cluster.Log.Messages, Has.Some.StartsWith("Began shards 4 to 4 of training").And.Some.EndsWith("8 environments of 'walk'."));
    }

    [Test]
    public async Task The_place_is_the_silo_that_runs_the_block()
    {
        await using var cluster = await Cluster.StartAsync(1, 1);
        using var block = cluster.Workers.Transport.Connect("block");
        Assert.That(block.Place, Is.Null);

        await block.SendAsync([1], default);
        Assert.That(block.Place, Is.EqualTo($"silo {cluster.Silos[cluster.HostOfFirst()].SiloAddress.ToParsableString()}"));
    }

    [Test]
    public async Task Questions_are_answered_while_a_request_is_at_work()
    {
        await using var cluster = await Cluster.StartAsync(1);
        using var block = cluster.Workers.Transport.Connect("block");
        var answer = block.SendAsync([FakeWorker.Held], default);
        var worker = await HolderAsync(cluster);

        Assert.That(await block.AskAsync([9], default), Is.EqualTo(new byte[] { 1, 9 }));
        Assert.That(answer.IsCompleted, Is.False);
        worker.Release(42);
        Assert.That(await answer, Is.EqualTo(new byte[] { 42 }));
    }

    [Test]
    public async Task An_answer_may_take_longer_than_any_call()
    {
        await using var cluster = await Cluster.StartAsync(1);
        using var block = cluster.Workers.Transport.Connect("block");
        var answer = block.SendAsync([FakeWorker.Held], default);
        var worker = await HolderAsync(cluster);

        // The client calls again after each wait, which is also a sign of life: the worker outlives its idle time of 5 minutes.
        for (var wait = 0; wait < 40; wait++)
        {
            await cluster.Clock.WaitsAsync();
            cluster.Clock.Advance(HostedBlock.Wait);
        }

        await cluster.Clock.WaitsAsync();
        worker.Release(42);
        Assert.That(await answer, Is.EqualTo(new byte[] { 42 }));
        Assert.That(worker.Requests, Is.EqualTo(1));
        Assert.That(worker.Disposed.IsCompleted, Is.False);
    }

    [Test]
    public async Task A_cancelled_call_ends_and_leaves_the_request_at_work()
    {
        await using var cluster = await Cluster.StartAsync(1);
        using var block = cluster.Workers.Transport.Connect("block");
        using var cancellation = new CancellationTokenSource();
        var answer = block.SendAsync([FakeWorker.Held], cancellation.Token);
        var worker = await HolderAsync(cluster);

        await cancellation.CancelAsync();

        Assert.That(() => answer.WaitAsync(Patience), Throws.InstanceOf<OperationCanceledException>());
        Assert.That(await block.AskAsync([9], default), Is.EqualTo(new byte[] { 1, 9 }));
    }

    [Test]
    public async Task A_move_leaves_the_worker_for_a_new_one_on_another_silo()
    {
        await using var cluster = await Cluster.StartAsync(1, 1);
        using var block = cluster.Workers.Transport.Connect("block");
        var lost = block.SendAsync([FakeWorker.Held], default);
        var first = await HolderAsync(cluster);
        var host = cluster.HostOfFirst();

        await block.MoveAsync(default);

        Assert.That(await block.SendAsync([1, 2], default), Is.EqualTo(new byte[] { 2, 1 }));
        Assert.That(cluster.FakesOf(1 - host).Single().Requests, Is.EqualTo(1));
        await first.Disposed.WaitAsync(Patience);
        Assert.That(() => lost.WaitAsync(Patience), Throws.InvalidOperationException.With.Message.Contains("has ended: the training moved the block"));
        Assert.That(first.Requests, Is.EqualTo(1));
        Assert.That(cluster.Log.Messages, Has.Some.StartsWith("The training moves block").And.Some.StartsWith("Ended the worker of block"));
    }

    [Test]
    public async Task A_move_on_the_only_silo_gives_a_new_worker()
    {
        await using var cluster = await Cluster.StartAsync(1);
        using var block = cluster.Workers.Transport.Connect("block");
        await block.SendAsync([1], default);

        await block.MoveAsync(default);
        await block.SendAsync([2], default);

        await cluster.FakesOf(0)[0].Disposed.WaitAsync(Patience);
        Assert.That(cluster.FakesOf(0).Select(worker => worker.Requests), Is.EqualTo(new[] { 1, 1 }));
    }

    [Test]
    public async Task A_training_that_ends_frees_its_workers()
    {
        await using var cluster = await Cluster.StartAsync(1);
        var block = cluster.Workers.Transport.Connect("block");
        await block.SendAsync([1], default);

        block.Dispose();

        await cluster.FakesOf(0)[0].Disposed.WaitAsync(Patience);
        Assert.That(() => cluster.BlocksOf(0), Is.Empty.After((int)Patience.TotalMilliseconds, 50));
        Assert.That(() => block.SendAsync([1], default), Throws.InstanceOf<ObjectDisposedException>());
    }

    [Test]
    public async Task A_worker_whose_training_is_silent_ends_and_the_next_call_finds_a_new_one()
    {
        await using var cluster = await Cluster.StartAsync(1);
        using var block = cluster.Workers.Transport.Connect("block");
        await block.SendAsync([1], default);

        cluster.Clock.Advance(TimeSpan.FromMinutes(4));
        await block.AskAsync([1], default);
        cluster.Clock.Advance(TimeSpan.FromMinutes(4));
        Assert.That(cluster.FakesOf(0)[0].Disposed.IsCompleted, Is.False);
        cluster.Clock.Advance(TimeSpan.FromMinutes(2));

        await cluster.FakesOf(0)[0].Disposed.WaitAsync(Patience);
        Assert.That(() => cluster.BlocksOf(0), Is.Empty.After((int)Patience.TotalMilliseconds, 50));
        Assert.That(await block.SendAsync([1, 2], default), Is.EqualTo(new byte[] { 2, 1 }));
        Assert.That(cluster.FakesOf(0)[1].Requests, Is.EqualTo(1));
        Assert.That(cluster.Log.Messages, Has.Some.Contains("its training has shown no sign of life for 360 seconds"));
    }

    [Test]
    public async Task A_training_that_dies_leaves_no_worker_behind()
    {
        await using var cluster = await Cluster.StartAsync(1);
        _ = cluster.Workers.Transport.Connect("block").SendAsync([FakeWorker.Held], default);
        var worker = await HolderAsync(cluster);
        await cluster.Clock.WaitsAsync();

        await cluster.KillClientAsync();
        cluster.Clock.Advance(TimeSpan.FromMinutes(6));

        await worker.Disposed.WaitAsync(Patience);
        Assert.That(() => cluster.BlocksOf(0), Is.Empty.After((int)Patience.TotalMilliseconds, 50));
    }

    [Test]
    public async Task A_silo_that_stops_ends_its_calls_and_the_block_moves()
    {
        await using var cluster = await Cluster.StartAsync(1, 1);
        using var block = cluster.Workers.Transport.Connect("block");
        var lost = block.SendAsync([FakeWorker.Held], default);
        var first = await HolderAsync(cluster);

        await cluster.StopAsync(cluster.HostOfFirst()).WaitAsync(Patience);

        await first.Disposed.WaitAsync(Patience);
        Assert.That(() => lost.WaitAsync(Patience), Throws.InvalidOperationException.With.Message.EndsWith("has ended: the silo is stopping."));
        await block.MoveAsync(default);
        Assert.That(await block.SendAsync([1, 2], default).WaitAsync(Patience), Is.EqualTo(new byte[] { 2, 1 }));
    }

    // The membership of the cluster finds out later: a call to the dead silo would wait for that.
    [Test]
    public async Task A_block_leaves_a_silo_that_is_killed()
    {
        await using var cluster = await Cluster.StartAsync(1, 1);
        using var block = cluster.Workers.Transport.Connect("block");
        await block.SendAsync([1], default);
        await cluster.KillAsync(cluster.HostOfFirst());

        await block.MoveAsync(default);

        Assert.That(await block.SendAsync([1, 2], default).WaitAsync(Patience), Is.EqualTo(new byte[] { 2, 1 }));
    }

    private static async Task<FakeWorker> HolderAsync(Cluster cluster)
    {
        var worker = cluster.FakesOf(cluster.HostOfFirst())[0];
        await worker.HoldsAsync();
        return worker;
    }
}
