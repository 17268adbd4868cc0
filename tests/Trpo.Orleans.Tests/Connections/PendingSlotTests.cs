using Trpo.Estimators.Workers;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Grains;
using Trpo.Orleans.Placement;
using Trpo.Orleans.Tests.Support;

namespace Trpo.Orleans.Tests.Connections;

/// <summary>Connections to blocks whose silo is still being chosen, and keys that no connection has.</summary>
public sealed class PendingSlotTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    [Test]
    public async Task A_move_does_not_give_up_a_slot_that_is_being_chosen()
    {
        await using var cluster = await Cluster.StartAsync(1);
        var answer = new TaskCompletionSource<IReadOnlyDictionary<SiloAddress, SiloReport>>(TaskCreationOptions.RunContinuationsAsynchronously);
        var asked = 0;
        var plan = new SlotPlan("test cluster", () => Task.FromResult(Interlocked.Increment(ref asked)).ContinueWith(_ => answer.Task).Unwrap(), TimeProvider.System, TimeSpan.FromDays(1));
        using var block = new BlockConnection(cluster.Grains, plan, "block");
        var sent = block.SendAsync([1, 2], default);

        await block.MoveAsync(default);
        answer.SetResult(Report(cluster));

        Assert.That(await sent.WaitAsync(Patience), Is.EqualTo(new byte[] { 2, 1 }));
        Assert.That(cluster.BlocksOf(0).Single().Key, Does.EndWith("/0/block"));
        Assert.That(asked, Is.EqualTo(1));
    }

    [Test]
    public async Task A_slot_that_nothing_was_sent_to_is_given_up_without_a_call()
    {
        await using var cluster = await Cluster.StartAsync(1);
        var answer = new TaskCompletionSource<IReadOnlyDictionary<SiloAddress, SiloReport>>();
        var plan = new SlotPlan("test cluster", () => answer.Task, TimeProvider.System, TimeSpan.FromDays(1));
        using var cancellation = new CancellationTokenSource();
        var unused = new BlockConnection(cluster.Grains, plan, "unused");
        var cancelled = unused.SendAsync([1], cancellation.Token);
        await cancellation.CancelAsync();
        Assert.That(() => cancelled, Throws.InstanceOf<OperationCanceledException>());
        unused.Dispose();
        answer.SetResult(Report(cluster));

        // Whatever was sent for the first block arrives before this.
        var used = new BlockConnection(cluster.Grains, plan, "used");
        await used.SendAsync([1], default).WaitAsync(Patience);
        used.Dispose();
        await cluster.FakesOf(0)[^1].Disposed.WaitAsync(Patience);

        Assert.That(cluster.FakesOf(0), Has.Count.EqualTo(1));
        Assert.That(cluster.Log.Messages, Has.None.Contains("unused"));
    }

    [Test]
    public void A_cluster_that_does_not_answer_has_no_worker_that_could_be_lost()
    {
        var grains = Proxy.Of<IGrainFactory>(_ => throw new InvalidOperationException("No grain is called."));
        var plan = new SlotPlan("test cluster", () => Task.FromException<IReadOnlyDictionary<SiloAddress, SiloReport>>(new SiloUnavailableException("None of 2 silos has answered.")), TimeProvider.System, TimeSpan.FromDays(1));
        using var block = new BlockConnection(grains, plan, "block");

        Assert.That(() => block.SendAsync([1], default), Throws.TypeOf<WorkerException>().With.Message.EqualTo("None of 2 silos has answered.").And.InnerException.TypeOf<SiloUnavailableException>());
    }

    [Test]
    public async Task A_block_that_lives_moves_only_if_that_still_levels_the_load()
    {
        await using var cluster = await Cluster.StartAsync(4, 4);
        var capacity = 0;
        var plan = new SlotPlan("test cluster", () => Task.FromResult<IReadOnlyDictionary<SiloAddress, SiloReport>>(Report(cluster, capacity)), TimeProvider.System, TimeSpan.FromDays(1));
        using var first = new BlockConnection(cluster.Grains, plan, "first");
        using var second = new BlockConnection(cluster.Grains, plan, "second");
        await first.SendAsync([1], default);
        await second.SendAsync([1], default);
        capacity = 4;
        await plan.LookAsync();
        Assert.That((first.ShouldMove, second.ShouldMove), Is.EqualTo((true, false)));

        capacity = 0;
        await first.MoveAsync(default);
        await first.SendAsync([1], default);
        Assert.That(cluster.FakesOf(0)[0].Requests, Is.EqualTo(2), "The worker is the same.");

        capacity = 4;
        await plan.LookAsync();
        Assert.That(first.ShouldMove, Is.True);
        await first.MoveAsync(default);
        await first.SendAsync([1], default);
        Assert.That(cluster.FakesOf(1).Single().Requests, Is.EqualTo(1));
        await cluster.FakesOf(0)[0].Disposed.WaitAsync(Patience);
    }

    [Test]
    public async Task A_key_of_another_form_creates_no_worker()
    {
        await using var cluster = await Cluster.StartAsync(1);
        var silo = WorkerKey.OfSilo(cluster.Silos[0].SiloAddress);

        Assert.That(() => cluster.Grains.GetGrain<IBlockGrain>($"{silo}/01/block").Ask([1], default), Throws.Exception.With.Message.Contains("is no key of a block on silo"));
        Assert.That(() => cluster.Grains.GetGrain<ISiloGrain>($"{silo}/").Report(), Throws.Exception.With.Message.Contains("is not the key of silo"));
        Assert.That(cluster.FakesOf(0), Is.Empty);
    }

    private static Dictionary<SiloAddress, SiloReport> Report(Cluster cluster, int capacityOfSecond = 0) =>
        cluster.Silos.Select((silo, i) => (silo.SiloAddress, Report: new SiloReport(i == 0 ? 4 : capacityOfSecond, [], []))).ToDictionary(silo => silo.SiloAddress, silo => silo.Report);
}
