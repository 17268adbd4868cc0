using System.Net;
using Microsoft.Extensions.Time.Testing;
using Trpo.Estimators.Workers;
using Trpo.Orleans.Connections;
using Trpo.Orleans.Grains;

namespace Trpo.Orleans.Tests.Connections;

/// <summary>The plan of which block is on which silo.</summary>
public sealed class SeatPlanTests
{
    private static readonly SiloAddress A = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 1), 7), B = SiloAddress.New(new IPEndPoint(IPAddress.Loopback, 2), 7);

    private static readonly TimeSpan LookInterval = TimeSpan.FromSeconds(10);

    private readonly FakeTimeProvider _clock = new();
    private readonly Dictionary<SiloAddress, SiloReport> _reports = [];
    private int _asked;

    [SetUp]
    public void Start()
    {
        _reports.Clear();
        _reports[A] = new SiloReport(4, [], []);
        _asked = 0;
    }

    [Test]
    public async Task The_blocks_of_a_training_ask_once_and_a_move_asks_anew()
    {
        var plan = Create();
        await Task.WhenAll(Enumerable.Range(0, 4).Select(block => plan.TakeAsync($"{block}", 0, null)));
        Assert.That(_asked, Is.EqualTo(1));

        _clock.Advance(TimeSpan.FromMilliseconds(1));
        await plan.TakeAsync("4", 1, A);
        Assert.That(_asked, Is.EqualTo(2));
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
    public async Task Blocks_leave_for_a_silo_that_joins_until_the_load_is_level()
    {
        var plan = Create();
        var seats = await Task.WhenAll(Enumerable.Range(0, 4).Select(block => plan.TakeAsync($"{block}", 0, null)));
        _reports[A] = new SiloReport(4, [.. seats.Select(seat => new BlockReport(seat.Key, 1))], []);
        _reports[B] = new SiloReport(4, [], []);
        Assert.That(seats.Select(plan.ShouldLeave), Has.None.True, "Nobody has looked yet.");

        _clock.Advance(LookInterval * 2);
        Assert.That(() => seats.Count(plan.ShouldLeave), Is.EqualTo(2).After(60_000, 1));
        foreach (var leaving in seats.Where(plan.ShouldLeave).ToArray())
        {
            plan.Release(leaving);
            Assert.That((await plan.TakeAsync("moved", 1, A)).Silo, Is.EqualTo(B));
        }

        // Silos report a worker until its environments are disposed.
        _clock.Advance(LookInterval * 2);
        plan.ShouldLeave(seats[0]);
        await plan.TakeAsync("later", 0, null);
        Assert.That(seats.Select(plan.ShouldLeave), Has.None.True);
    }

    [Test]
    public async Task Blocks_of_several_shards_count_by_these()
    {
        var plan = Create();
        var seat = await plan.TakeAsync("first", 0, null);
        _reports[A] = new SiloReport(4, [new BlockReport(seat.Key, 4)], []);
        _reports[B] = new SiloReport(4, [new BlockReport("of others", 1), new BlockReport("of others too", 1)], []);
        _clock.Advance(LookInterval);

        Assert.That((await plan.TakeAsync("second", 0, null)).Silo, Is.EqualTo(B));
    }

    [Test]
    public async Task A_silo_that_does_not_answer_is_no_reason_to_move()
    {
        var plan = Create();
        var seat = await plan.TakeAsync("block", 0, null);
        _reports[B] = new SiloReport(4, [], []);
        _reports.Remove(A);
        _clock.Advance(LookInterval * 2);
        plan.ShouldLeave(seat);
        Assert.That((await plan.TakeAsync("later", 0, null)).Silo, Is.EqualTo(B), "The look has ended before.");

        Assert.That(plan.ShouldLeave(seat), Is.False);
    }

    private SeatPlan Create() => new(
        "test cluster",
        () =>
        {
            _asked++;
            return Task.FromResult<IReadOnlyDictionary<SiloAddress, SiloReport>>(new Dictionary<SiloAddress, SiloReport>(_reports));
        },
        _clock,
        LookInterval);
}
