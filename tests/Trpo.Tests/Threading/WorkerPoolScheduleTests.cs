using Trpo.Tests.Support.Scheduling;

namespace Trpo.Tests.Threading;

/// <summary>
/// The pool under thousands of interleavings. A lost wake-up is a deadlock of the scheduler; a batch of the wrong items, a wrong failure and an item after disposal are failures of
/// these tests.
/// </summary>
public sealed class WorkerPoolScheduleTests
{
    private const int MaxItems = 5;

    [Test]
    public void Every_item_of_every_batch_runs_once_and_the_failure_of_the_lowest_index_is_thrown() => SeededScheduler.Explore(5_000, scheduler =>
    {
        var done = new int[MaxItems];
        var fails = new bool[MaxItems];
        using var pool = new ScheduledPool(scheduler.Random.Next(2, 5), Item(scheduler, done, fails), scheduler);
        for (var batch = 0; batch < 4; batch++)
        {
            var count = scheduler.Random.Next(1, MaxItems + 1);
            Array.Clear(done);
            for (var i = 0; i < MaxItems; i++)
                fails[i] = scheduler.Random.Next(4) == 0;

            var failure = Failure(scheduler.Random.Next(3) switch
            {
                0 => () => pool.Run(count),
                1 => () => BeginAndWait(pool, count, Timeout.InfiniteTimeSpan),
                _ => () => BeginAndWait(pool, count, TimeSpan.FromSeconds(1)),
            });

            SeededScheduler.Require(done.Select((times, index) => times == (index < count ? 1 : 0)).All(right => right), $"batch {batch} of {count} items ran them {string.Join(", ", done)} times");
            var lowest = Array.IndexOf(fails, true, 0, count);
            SeededScheduler.Require(failure?.Message == (lowest < 0 ? null : $"{lowest}"), $"batch {batch} failed with '{failure?.Message}' instead of {lowest}");
        }
    });

    [Test]
    public void A_batch_ends_whenever_another_thread_disposes_or_abandons_the_pool() => SeededScheduler.Explore(3_000, scheduler =>
    {
        var done = new int[MaxItems];
        var pool = new ScheduledPool(scheduler.Random.Next(2, 5), Item(scheduler, done, new bool[MaxItems]), scheduler);
        var abandons = scheduler.Random.Next(2) == 0;
        var hasEnded = false;
        var other = scheduler.Start(
            () =>
            {
                if (abandons)
                    pool.Abandon();
                pool.Dispose();
                hasEnded = true;
            },
            "disposes");
        Exception? failure = null;
        for (var batch = 0; batch < 3 && failure is null; batch++)
        {
            var count = scheduler.Random.Next(1, MaxItems + 1);
            Array.Clear(done);
            failure = Failure(scheduler.Random.Next(2) == 0 ? () => pool.Run(count) : () => BeginAndWait(pool, count, Timeout.InfiniteTimeSpan));
            var ran = done.Sum();
            SeededScheduler.Require(done.All(times => times <= 1) && (failure is ObjectDisposedException || (failure is null && ran == count)), $"{ran} of {count} items ran, and then {failure?.Message}");
            SeededScheduler.Require(failure is null || ran < count, "a batch of which all items ran is none that was dropped");
        }

        scheduler.Join(other);
        Array.Clear(done);
        SeededScheduler.Require(hasEnded && Failure(() => pool.Run(1)) is ObjectDisposedException && Failure(() => pool.Begin(2)) is ObjectDisposedException, "a disposed pool takes no batch");
        SeededScheduler.Require(done.Sum() == 0, "an item ran after disposal");
    });

    [Test]
    public void A_wait_that_runs_out_leaves_the_batch_and_an_abandoned_pool_the_item_that_hangs() => SeededScheduler.Explore(2_000, scheduler =>
    {
        var done = new int[MaxItems];
        var released = false;
        var count = scheduler.Random.Next(1, MaxItems + 1);
        var hanging = scheduler.Random.Next(count);
        var pool = new ScheduledPool(scheduler.Random.Next(2, 5), index =>
        {
            if (index == hanging)
                scheduler.Block("hangs", () => released);
            done[index]++;
        }, scheduler);
        pool.Begin(count);
        for (var waits = scheduler.Random.Next(1, 4); waits > 0; waits--)
            SeededScheduler.Require(!pool.Wait(TimeSpan.FromSeconds(1)), "the batch has not ended");
        pool.Abandon();
        SeededScheduler.Require(done[hanging] == 0, "the item hangs");
        released = true;
        var failure = Failure(() => pool.Wait(Timeout.InfiniteTimeSpan));
        pool.Dispose();

        SeededScheduler.Require(done.All(times => times <= 1), $"the items ran {string.Join(", ", done)} times");
        SeededScheduler.Require(done.Sum() == count ? failure is null : failure is ObjectDisposedException, $"{done.Sum()} of {count} items ran, and then {failure?.Message}");
    });

    [Test]
    public void Dispose_waits_for_the_items_that_were_taken_and_none_runs_afterwards() => SeededScheduler.Explore(1_000, scheduler =>
    {
        var done = new int[MaxItems];
        var running = 0;
        var pool = new ScheduledPool(scheduler.Random.Next(2, 5), index =>
        {
            running++;
            scheduler.Point($"runs item {index}");
            done[index]++;
            running--;
        }, scheduler);
        pool.Begin(scheduler.Random.Next(1, MaxItems + 1));
        pool.Dispose();
        var ran = done.Sum();
        SeededScheduler.Require(running == 0, $"{running} items run in a disposed pool");
        scheduler.AwaitOthers();

        SeededScheduler.Require(done.Sum() == ran, "an item ran after disposal");
    });

    [Test]
    public void A_seed_gives_the_same_interleaving_again()
    {
        var first = Record(7);
        Assert.That(Record(7), Is.EqualTo(first));
        Assert.That(Enumerable.Range(0, 20).Select(seed => string.Join(" ", Record(seed))).Distinct().Count(), Is.GreaterThan(10), "seeds differ");

        static List<string> Record(int seed)
        {
            var record = new List<string>();
            SeededScheduler.Explore(1, scheduler =>
            {
                using var pool = new ScheduledPool(3, index =>
                {
                    record.Add($"{scheduler.Current} begins {index}");
                    scheduler.Point($"runs {index}");
                    record.Add($"{scheduler.Current} ends {index}");
                }, scheduler);
                pool.Run(5);
                pool.Run(5);
            }, seed);
            return record;
        }
    }

    private static Action<int> Item(SeededScheduler scheduler, int[] done, bool[] fails) => index =>
    {
        scheduler.Point($"runs item {index}");
        done[index]++;
        if (fails[index])
            throw new TimeoutException($"{index}");
    };

    private static void BeginAndWait(ScheduledPool pool, int count, TimeSpan timeout)
    {
        pool.Begin(count);
        while (!pool.Wait(timeout))
        {
        }
    }

    private static Exception? Failure(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception exception) when (exception is TimeoutException or ObjectDisposedException)
        {
            return exception;
        }
    }
}
