using System.Collections.Concurrent;
using Trpo.Estimators.Threading;

namespace Trpo.Tests.Threading;

/// <summary>Tests of the pool alone. Items that wait for each other do so within a time limit, so that a failure is no deadlock.</summary>
public sealed class WorkerPoolTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(5)]
    public void Every_item_runs_exactly_once_in_every_batch(int threads)
    {
        var done = new int[17];
        var expected = new int[done.Length];
        using var pool = new WorkerPool(threads, index => Interlocked.Increment(ref done[index]));
        for (var batch = 0; batch < 20_000; batch++)
        {
            var count = batch * 7 % (done.Length + 1);
            pool.Run(count);
            for (var i = 0; i < count; i++)
                expected[i]++;
            if (!done.AsSpan().SequenceEqual(expected))
                Assert.Fail($"After batch {batch} of {count} items: {string.Join(", ", done)}.");
        }
    }

    [Test]
    public void Every_item_runs_exactly_once_on_workers_that_slept()
    {
        var done = new int[2];
        using var pool = new WorkerPool(3, index => Interlocked.Increment(ref done[index]));
        for (var batch = 1; batch <= 500; batch++)
        {
            pool.Run(2);
            Assert.That(done, Is.All.EqualTo(batch));
            Thread.SpinWait(5_000);
        }
    }

    [TestCase(2)]
    [TestCase(4)]
    public void All_threads_including_the_calling_one_run_at_the_same_time(int threads)
    {
        using var barrier = new Barrier(threads);
        var workers = new ConcurrentDictionary<Thread, bool>();
        var met = 0;
        using var pool = new WorkerPool(threads, _ =>
        {
            workers.TryAdd(Thread.CurrentThread, true);
            if (barrier.SignalAndWait(Patience))
                Interlocked.Increment(ref met);
        });
        for (var batch = 1; batch <= 200; batch++)
        {
            pool.Run(threads);
            Assert.That(met, Is.EqualTo(batch * threads));
        }

        Assert.That(workers, Has.Count.EqualTo(threads));
        Assert.That(workers.Keys, Has.Member(Thread.CurrentThread));
    }

    [Test]
    public void One_slow_item_does_not_delay_the_others()
    {
        using var others = new CountdownEvent(9);
        var overtaken = false;
        using var pool = new WorkerPool(2, index =>
        {
            if (index == 0)
                overtaken = others.Wait(Patience);
            else
                others.Signal();
        });
        pool.Run(10);

        Assert.That(overtaken, Is.True);
    }

    [Test]
    public void Of_several_failures_the_one_of_the_lowest_index_is_thrown_and_the_pool_stays_usable()
    {
        using var later = new ManualResetEventSlim();
        var (done, fails) = (0, true);
        using var pool = new WorkerPool(2, index =>
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

        var failure = Assert.Throws<InvalidOperationException>(() => pool.Run(6))!;
        Assert.That(failure.Message, Is.EqualTo("the lowest"));
        Assert.That(failure.StackTrace, Does.Contain(nameof(Fail)), "the stack trace is that of the item");
        Assert.That(done, Is.EqualTo(6), "the other items ran");

        fails = false;
        pool.Run(6);
        Assert.That(done, Is.EqualTo(12));
    }

    [Test]
    public void The_pool_stays_usable_after_thousands_of_failures()
    {
        var done = 0;
        using var pool = new WorkerPool(3, index =>
        {
            Interlocked.Increment(ref done);
            if (index >= 2)
                throw new TimeoutException($"{index}");
        });
        for (var batch = 1; batch <= 1_000; batch++)
        {
            var failure = Assert.Throws<TimeoutException>(() => pool.Run(5))!;
            Assert.That((failure.Message, done), Is.EqualTo(("2", batch * 5)));
        }
    }

    [Test]
    public void Dispose_ends_the_threads()
    {
        using var barrier = new Barrier(3);
        var workers = new ConcurrentDictionary<Thread, bool>();
        var pool = new WorkerPool(3, _ =>
        {
            workers.TryAdd(Thread.CurrentThread, true);
            barrier.SignalAndWait(Patience);
        });
        pool.Run(3);
        Assert.That(workers.Keys.Where(thread => thread != Thread.CurrentThread).Select(thread => thread.IsBackground), Is.EqualTo(new[] { true, true }));
        pool.Dispose();
        pool.Dispose();

        Assert.That(workers.Keys.Where(thread => thread != Thread.CurrentThread).Select(thread => thread.IsAlive), Is.EqualTo(new[] { false, false }));
        Assert.That(() => pool.Run(1), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void A_wait_ends_with_its_time_and_an_abandoned_pool_leaves_the_thread_that_hangs()
    {
        using var release = new ManualResetEventSlim();
        using var hanging = new ManualResetEventSlim();
        Thread? hung = null;
        var done = new int[3];
        var pool = new WorkerPool(3, index =>
        {
            if (index == 1)
            {
                hung = Thread.CurrentThread;
                hanging.Set();
                release.Wait(Patience);
            }

            Interlocked.Increment(ref done[index]);
        });
        pool.Begin(3);
        Assert.That(hanging.Wait(Patience), Is.True);
        Assert.That(() => Volatile.Read(ref done[0]) + Volatile.Read(ref done[2]), Is.EqualTo(2).After(10_000, 1));

        Assert.That(pool.Wait(TimeSpan.FromMilliseconds(1)), Is.False);
        pool.Abandon();

        Assert.That((hung!.IsAlive, done[1]), Is.EqualTo((true, 0)));
        release.Set();
        Assert.That(hung.Join(Patience), Is.True);
        Assert.That(pool.Wait(TimeSpan.Zero), Is.True);
    }

    [Test]
    public void Items_that_are_begun_run_on_the_workers_alone([Values(1, 2, 5)] int count)
    {
        var done = new int[count];
        var caller = Thread.CurrentThread;
        using var pool = new WorkerPool(3, index =>
        {
            if (Thread.CurrentThread != caller)
                Interlocked.Increment(ref done[index]);
        });
        for (var batch = 1; batch <= 1_000; batch++)
        {
            pool.Begin(count);
            Assert.That(pool.Wait(Patience), Is.True);
            Assert.That(done, Is.All.EqualTo(batch));
        }
    }

    private static void Fail() => throw new InvalidOperationException("the lowest");
}
