using Trpo.Estimators.Shards;
using Trpo.Estimators.Threading;
using Trpo.Tests.Support.Scheduling;
using Trpo.Tests.Threading;

namespace Trpo.Tests.Shards;

/// <summary>The collection of several shards under thousands of interleavings: what it does and throws depends on none of them.</summary>
public sealed class RolloutRoundTests
{
    private const int Steps = 4;

    [Test]
    public void The_failure_of_the_earliest_step_and_lowest_shard_is_thrown_whoever_runs_first() => SeededScheduler.Explore(5_000, scheduler =>
    {
        var fails = new int?[scheduler.Random.Next(2, 5)];
        for (var i = 0; i < fails.Length; i++)
            fails[i] = scheduler.Random.Next(2) == 0 ? scheduler.Random.Next(Steps) : null;
        ScriptedShard[] shards = [.. fails.Select((step, index) => new ScriptedShard(Steps, step, index))];
        var pauses = 0;
        string? failure = null;
        try
        {
            Collect(scheduler, shards, () => true, () => Interlocked.Increment(ref pauses) % 3 == 0);
        }
        catch (TimeoutException exception)
        {
            failure = exception.Message;
        }

        var first = fails.Select((step, index) => (step, index)).Where(pair => pair.step is not null).Order().Select(pair => $"step {pair.step} of shard {pair.index}").FirstOrDefault();
        SeededScheduler.Require(failure == first, $"'{failure}' was thrown instead of '{first}'");
        SeededScheduler.Require(first is not null || shards.All(shard => shard.CollectedSteps == Steps), "the rollouts are complete");
    });

    [Test]
    public void No_shard_steps_while_the_caller_is_asked_to_proceed() => SeededScheduler.Explore(3_000, scheduler =>
    {
        ScriptedShard[] shards = [.. Enumerable.Range(0, scheduler.Random.Next(2, 5)).Select(index => new ScriptedShard(Steps, null, index))];
        var (asked, stops, polls) = (0, scheduler.Random.Next(2, 6), 0);
        var complete = Collect(scheduler, shards, Proceed, () => Interlocked.Increment(ref polls) % 2 == 0);

        SeededScheduler.Require(complete == (asked < stops), "it returns true where nothing stopped it");
        SeededScheduler.Require(complete == shards.All(shard => shard.CollectedSteps == Steps), "it is complete where it says so");

        bool Proceed()
        {
            int[] before = [.. shards.Select(shard => shard.CollectedSteps)];
            for (var i = 0; i < 5; i++)
                scheduler.Point("while the caller is asked");
            SeededScheduler.Require(shards.Select(shard => shard.CollectedSteps).SequenceEqual(before), "a shard stepped meanwhile");
            return ++asked < stops;
        }
    });

    [Test]
    public void Rollouts_end_though_there_is_always_a_reason_to_pause([Values(1, 3)] int threads)
    {
        ScriptedShard[] shards = [.. Enumerable.Range(0, 3).Select(index => new ScriptedShard(100, null, index))];
        using var pool = new PartThreads(threads, "shards");

        Assert.That(new RolloutRound(shards, pool, () => true, () => false).Collect(() => true), Is.True);
        Assert.That(shards.Select(shard => shard.CollectedSteps), Is.All.EqualTo(100));
    }

    [Test]
    public void Threads_of_the_operating_system_collect_every_step_of_every_shard([Values(1, 2, 5)] int threads)
    {
        ScriptedShard[] shards = [.. Enumerable.Range(0, 3).Select(index => new ScriptedShard(20_000, null, index))];
        using var pool = new PartThreads(threads, "shards");
        var polls = 0;

        Assert.That(new RolloutRound(shards, pool, () => Interlocked.Increment(ref polls) % 1_000 == 0, () => false).Collect(() => true), Is.True);
        Assert.That(shards.Select(shard => shard.CollectedSteps), Is.All.EqualTo(20_000));
    }

    [Test]
    public void Shards_that_catch_up_with_a_failure_stop_when_the_collection_is_cancelled()
    {
        ScriptedShard[] shards = [new(100, 50, 0), new(100, null, 1), new(100, null, 2)];
        using var pool = new PartThreads(1, "shards");

        // The second shard asks for a pause after its first step, when the first shard has failed.
        var round = new RolloutRound(shards, pool, () => shards[1].CollectedSteps == 1, () => shards[1].CollectedSteps == 10);

        Assert.That(() => round.Collect(() => true), Throws.TypeOf<TimeoutException>().With.Message.EqualTo("step 50 of shard 0"));
        Assert.That(shards.Select(shard => shard.CollectedSteps), Is.EqualTo(new[] { 50, 10, 0 }));
    }

    private static bool Collect(SeededScheduler scheduler, ScriptedShard[] shards, Func<bool> proceed, Func<bool> mustPause)
    {
        Action<int>? work = null;
        using var pool = new ScheduledPool(scheduler.Random.Next(2, 4), index => work!(index), scheduler);
        var round = new ScheduledRound(shards, Run, mustPause, scheduler);
        return round.Collect(proceed);

        void Run(int count, Action<int> part)
        {
            work = part;
            pool.Run(count);
        }
    }

    private sealed class ScheduledRound(IReadOnlyList<IShard> shards, Action<int, Action<int>> run, Func<bool> mustPause, SeededScheduler scheduler)
        : RolloutRound<ScheduledThreading>(shards, run, mustPause, () => false, new ScheduledThreading(scheduler));
}
