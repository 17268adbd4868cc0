using System.Collections.Concurrent;
using Trpo.Estimators.Environments.Stepping;

namespace Trpo.Tests.Environments.Stepping;

/// <summary>The team alone. Where pieces of work must meet, they do so within a time limit, so that a failure is no deadlock.</summary>
public sealed class WorkerPoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public void Every_piece_is_done_exactly_once_in_every_round(int threads)
    {
        var done = new int[17];
        var expected = new int[done.Length];
        using var team = new WorkerPool(threads, index => Interlocked.Increment(ref done[index]));
        for (var round = 0; round < 20_000; round++)
        {
            var count = round * 7 % (done.Length + 1);
            team.Run(count);
            for (var i = 0; i < count; i++)
                expected[i]++;
            if (!done.AsSpan().SequenceEqual(expected))
                Assert.Fail($"After round {round}, of {count} pieces: {string.Join(", ", done)}.");
        }
    }

    [Test]
    public void Every_piece_is_done_exactly_once_by_workers_that_were_asleep()
    {
        var done = new int[2];
        using var team = new WorkerPool(3, index => Interlocked.Increment(ref done[index]));
        for (var round = 1; round <= 500; round++)
        {
            team.Run(2);
            Assert.That(done, Is.All.EqualTo(round));
            Thread.SpinWait(5_000);
        }
    }

    [TestCase(2)]
    [TestCase(4)]
    public void All_threads_work_at_once_and_the_one_that_asks_is_among_them(int threads)
    {
        using var barrier = new Barrier(threads);
        var workers = new ConcurrentDictionary<Thread, bool>();
        var met = 0;
        using var team = new WorkerPool(threads, _ =>
        {
            workers.TryAdd(Thread.CurrentThread, true);
            if (barrier.SignalAndWait(Patience))
                Interlocked.Increment(ref met);
        });
        for (var round = 1; round <= 200; round++)
        {
            team.Run(threads);
            Assert.That(met, Is.EqualTo(round * threads));
        }

        Assert.That(workers, Has.Count.EqualTo(threads));
        Assert.That(workers.Keys, Has.Member(Thread.CurrentThread));
    }

    [Test]
    public void One_slow_piece_does_not_hold_up_the_others()
    {
        using var others = new CountdownEvent(9);
        var overtaken = false;
        using var team = new WorkerPool(2, index =>
        {
            if (index == 0)
                overtaken = others.Wait(Patience);
            else
                others.Signal();
        });
        team.Run(10);

        Assert.That(overtaken, Is.True);
    }

    [Test]
    public void Of_several_failures_the_one_with_the_lowest_index_counts_and_the_team_goes_on()
    {
        using var later = new ManualResetEventSlim();
        var (done, fails) = (0, true);
        using var team = new WorkerPool(2, index =>
        {
            Interlocked.Increment(ref done);
            if (fails && index == 4)
            {
                later.Set();
                throw new TimeoutException("the first in time");
            }

            if (fails && index == 1 && later.Wait(Patience))
                Fail();
        });

        var failure = Assert.Throws<InvalidOperationException>(() => team.Run(6))!;
        Assert.That(failure.Message, Is.EqualTo("the lowest"));
        Assert.That(failure.StackTrace, Does.Contain(nameof(Fail)), "it says where it comes from, not where it was found");
        Assert.That(done, Is.EqualTo(6), "the others are done");

        fails = false;
        team.Run(6);
        Assert.That(done, Is.EqualTo(12));
    }

    [Test]
    public void Thousands_of_failures_do_it_no_harm()
    {
        var done = 0;
        using var team = new WorkerPool(3, index =>
        {
            Interlocked.Increment(ref done);
            if (index >= 2)
                throw new TimeoutException($"{index}");
        });
        for (var round = 1; round <= 1_000; round++)
        {
            var failure = Assert.Throws<TimeoutException>(() => team.Run(5))!;
            Assert.That((failure.Message, done), Is.EqualTo(("2", round * 5)));
        }
    }

    [Test]
    public void Disposal_ends_the_threads()
    {
        using var barrier = new Barrier(3);
        var workers = new ConcurrentDictionary<Thread, bool>();
        var team = new WorkerPool(3, _ =>
        {
            workers.TryAdd(Thread.CurrentThread, true);
            barrier.SignalAndWait(Patience);
        });
        team.Run(3);
        Assert.That(workers.Keys.Where(thread => thread != Thread.CurrentThread).Select(thread => thread.IsBackground), Is.EqualTo(new[] { true, true }));
        team.Dispose();
        team.Dispose();

        Assert.That(workers.Keys.Where(thread => thread != Thread.CurrentThread).Select(thread => thread.IsAlive), Is.EqualTo(new[] { false, false }));
        Assert.That(() => team.Run(1), Throws.TypeOf<ObjectDisposedException>());
    }

    private static void Fail() => throw new InvalidOperationException("the lowest");
}
