using System.Net;
using Microsoft.Extensions.Time.Testing;
using Trpo.Estimators.Workers;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Grains;
using Trpo.Orleans.Placement;

namespace Trpo.Orleans.Tests.Connections;

/// <summary>The plan of which block is on which silo.</summary>
public sealed class SlotPlanTests
{
    private static readonly SiloAddress A = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 7), B = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 7);

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly Dictionary<SiloAddress, SiloReport> _reports = [];
    private int _asked;
    private Exception? _failure;

    [SetUp]
    public void Start()
    {
        _reports.Clear();
        _reports[A] = new SiloReport(4, [], []);
        _asked = 0;
        _failure = null;
    }

    [Test]
    public async Task The_blocks_of_a_training_ask_once_and_a_move_asks_anew()
    {
        var plan = Create();
        var slots = await Task.WhenAll(Enumerable.Range(0, 4).Select(block => plan.TakeAsync($"{block}", 0, null)));
        Assert.That(_asked, Is.EqualTo(1));

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await plan.TakeAsync("4", 1, slots[0]);
        Assert.That(_asked, Is.EqualTo(2));
    }

    [TestCase(true)]
    [TestCase(false)]
    public async Task A_training_spreads_over_the_silos_while_a_block_of_an_earlier_one_is_about_to_end(bool hasEnded)
    {
        _reports[A] = new SiloReport(1, [], []);
        _reports[B] = new SiloReport(1, [new BlockReport(WorkerKey.OfBlock(B, 0, "earlier"), 1) { HasEnded = hasEnded }], []);
        var plan = Create();

        var slots = await Task.WhenAll(Enumerable.Range(0, 2).Select(block => plan.TakeAsync($"{block}", 0, null)));

        Assert.That(slots.Select(slot => slot.Silo), Is.EquivalentTo(new[] { A, B }));
    }

    [Test]
    public async Task A_block_that_has_ended_does_not_count()
    {
        _reports[A] = new SiloReport(4, [new BlockReport(WorkerKey.OfBlock(A, 0, "earlier"), 4) { HasEnded = true }], []);
        _reports[B] = new SiloReport(4, [new BlockReport(WorkerKey.OfBlock(B, 0, "other"), 1)], []);

        Assert.That((await Create().TakeAsync("block", 0, null)).Silo, Is.EqualTo(A));
    }

    [Test]
    public async Task A_cluster_without_room_is_asked_again_at_once()
    {
        var plan = Create();
        _reports[A] = new SiloReport(0, [], []);
        Assert.That(() => plan.TakeAsync("block", 0, null), Throws.InstanceOf<WorkerException>());
        _reports[A] = new SiloReport(1, [], []);

        Assert.That((await plan.TakeAsync("block", 0, null)).Silo, Is.EqualTo(A));
    }

    [Test]
    public async Task Blocks_whose_silo_is_gone_ask_once_for_all()
    {
        var plan = Create();
        var slots = await Task.WhenAll(Enumerable.Range(0, 4).Select(block => plan.TakeAsync($"{block}", 0, null)));
        (_reports[B], _) = (new SiloReport(4, [], []), _reports.Remove(A));
        foreach (var slot in slots)
        {
            _clock.Advance(TimeSpan.FromMilliseconds(1));
            Assert.That((await plan.TakeAsync("moved", 1, slot)).Silo, Is.EqualTo(B));
        }

        Assert.That(_asked, Is.EqualTo(2));
    }

    [Test]
    public async Task Half_of_the_surplus_leaves_for_a_silo_that_joins_with_each_look()
    {
        var plan = Create();
        var slots = await Task.WhenAll(Enumerable.Range(0, 4).Select(block => plan.TakeAsync($"{block}", 0, null)));
        Report(A, 4, [.. slots]);
        Report(B, 4);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(slots.Select(plan.ShouldLeave), Has.None.True, "Nobody has looked yet.");

        for (var look = 0; look < 2; look++)
        {
            await LookAsync(plan);
            var leaving = slots.Single(plan.ShouldLeave);
            var moved = await plan.MoveAsync("moved", look, leaving);
            Assert.That((moved.Silo, plan.ShouldLeave(leaving)), Is.EqualTo((B, false)));
        }

        // Silos report a worker until its environments are disposed.
        await LookAsync(plan);
        Assert.That(slots.Select(plan.ShouldLeave), Has.None.True);
    }

    [Test]
    public async Task A_look_is_made_when_its_time_has_come()
    {
        var plan = Create();
        var slots = await Task.WhenAll(Enumerable.Range(0, 2).Select(block => plan.TakeAsync($"{block}", 0, null)));
        Report(A, 4, [.. slots]);
        Report(B, 4);

        _clock.Advance(LookInterval);
        plan.ShouldLeave(slots[0]);
        Assert.That(_asked, Is.EqualTo(1));
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        Assert.That(() => slots.Count(plan.ShouldLeave), Is.EqualTo(1).After(60_000, 50));
        Assert.That(_asked, Is.EqualTo(2));
    }

    [Test]
    public async Task A_move_that_no_longer_helps_is_not_made()
    {
        var plan = Create();
        var slots = await Task.WhenAll(Enumerable.Range(0, 2).Select(block => plan.TakeAsync($"{block}", 0, null)));
        Report(A, 4, [.. slots]);
        Report(B, 4);
        await LookAsync(plan);
        var leaving = slots.Single(plan.ShouldLeave);

        _reports[B] = new SiloReport(4, [new BlockReport("of others", 1)], []);
        _clock.Advance(TimeSpan.FromMilliseconds(1));

        Assert.That(await plan.MoveAsync("moved", 1, leaving), Is.SameAs(leaving));
        Assert.That(plan.ShouldLeave(leaving), Is.False);
    }

    [Test]
    public async Task A_block_stays_where_it_is_if_no_silo_answers()
    {
        var plan = Create();
        var slot = await plan.TakeAsync("block", 0, null);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        _failure = new SiloUnavailableException("No silo has answered.");

        Assert.That(await plan.MoveAsync("block", 1, slot), Is.SameAs(slot));
        Assert.That(plan.LookAsync, Throws.InstanceOf<SiloUnavailableException>());
    }

    [Test]
    public async Task Blocks_of_several_shards_count_by_these()
    {
        var plan = Create();
        var slot = await plan.TakeAsync("first", 0, null);
        _reports[A] = new SiloReport(4, [new BlockReport(slot.Key, 4)], []);
        _reports[B] = new SiloReport(4, [new BlockReport("of others", 1), new BlockReport("of others too", 1)], []);
        _clock.Advance(LookInterval);

        Assert.That((await plan.TakeAsync("second", 0, null)).Silo, Is.EqualTo(B));
    }

    [Test]
    public async Task The_blocks_of_one_training_do_not_count_by_the_shards_of_another()
    {
        var plan = Create();
        _reports[A] = new SiloReport(8, [], []);
        var large = await plan.TakeAsync("large", 0, null);
        _reports.Remove(A);
        _reports[B] = new SiloReport(8, [], []);
        _clock.Advance(LookInterval);
        var small = await Task.WhenAll(Enumerable.Range(0, 3).Select(block => plan.TakeAsync($"small {block}", 0, null)));
        _reports[A] = new SiloReport(8, [new BlockReport(large.Key, 4)], []);
        Report(B, 8, small);
        _clock.Advance(LookInterval);

        Assert.That((await plan.TakeAsync("next", 0, null)).Silo, Is.EqualTo(B));
        Assert.That((await plan.TakeAsync("large", 1, large)).Shards, Is.EqualTo(4), "A block that has moved is as large as before.");
    }

    [Test]
    public async Task A_silo_that_does_not_answer_is_no_reason_to_move()
    {
        var plan = Create();
        var slot = await plan.TakeAsync("block", 0, null);
        await plan.TakeAsync("other", 0, null);
        Report(B, 4);
        await LookAsync(plan);
        Assert.That(plan.ShouldLeave(slot), Is.True);

        _reports.Remove(A);
        await LookAsync(plan);

        Assert.That(plan.ShouldLeave(slot), Is.False);
        Assert.That(await plan.MoveAsync("block", 1, slot), Is.SameAs(slot));
    }

    private void Report(SiloAddress silo, int capacity, params BlockSlot[] slots) => _reports[silo] = new SiloReport(capacity, [.. slots.Select(slot => new BlockReport(slot.Key, 1))], []);

    private Task LookAsync(SlotPlan plan)
    {
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        return plan.LookAsync();
    }

    private SlotPlan Create() => new(
        "test cluster",
        () =>
        {
            _asked++;
            return _failure is not null ? Task.FromException<IReadOnlyDictionary<SiloAddress, SiloReport>>(_failure) : Task.FromResult<IReadOnlyDictionary<SiloAddress, SiloReport>>(new Dictionary<SiloAddress, SiloReport>(_reports));
        },
        _clock,
        LookInterval);
}
