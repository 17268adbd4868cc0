namespace Trpo.Tests.Support.Scheduling;

/// <summary>Tests of the scheduler itself: it finds the defects of a queue and of a count, and its seeds find them again.</summary>
public sealed class SeededSchedulerTests
{
    private const int Seeds = 500;

    [Test]
    public void A_right_queue_passes() => SeededScheduler.Explore(Seeds, scheduler => Run(scheduler, QueueDefect.None));

    [TestCase(QueueDefect.ChecksOnce, "queue is empty")]
    [TestCase(QueueDefect.WakesOne, "Deadlock, no thread can go on")]
    [TestCase(QueueDefect.WakesNone, "Deadlock, no thread can go on")]
    public void A_broken_queue_is_found_and_its_seed_finds_it_again(QueueDefect defect, string message)
    {
        var messages = new HashSet<string>();
        for (var (first, found) = (0, 0); found < 10; found++)
        {
            var failure = SeededScheduler.FindFailure(Seeds, scheduler => Run(scheduler, defect), first);
            Assert.That(failure, Is.Not.Null);
            var (seed, trace) = failure!.Value;
            Assert.That(SeededScheduler.FindFailure(1, scheduler => Run(scheduler, defect), seed), Is.EqualTo(failure), "the same seed, message and trace");
            messages.Add(trace);
            first = seed + 1;
        }

        Assert.That(messages, Has.Some.Contains(message).And.All.Contains("waits for _gate"));
    }

    [Test]
    public void A_failure_is_reported_with_its_seed_and_the_trace()
    {
        var failure = Assert.Throws<AssertionException>(() =>
        {
            using (new NUnit.Framework.Internal.TestExecutionContext.IsolatedContext())
                SeededScheduler.Explore(Seeds, scheduler => Run(scheduler, QueueDefect.WakesNone), first: 40);
        })!;

        Assert.That(failure.Message, Does.Contain("Seed 40: ").And.Contain("(consumer) is asleep at _gate").And.Contain("first: 40"));
    }

    [Test]
    public void An_addition_of_two_operations_loses_one()
    {
        Assert.That(SeededScheduler.FindFailure(Seeds, scheduler => Count(scheduler, isAtomic: true)), Is.Null);
        Assert.That(SeededScheduler.FindFailure(Seeds, scheduler => Count(scheduler, isAtomic: false)), Is.Not.Null);

        static void Count(SeededScheduler scheduler, bool isAtomic)
        {
            var threading = new ScheduledThreading(scheduler);
            var count = 0;
            for (var i = 0; i < 2; i++)
            {
                scheduler.Start(
                    () =>
                    {
                        if (isAtomic)
                            threading.Add(ref count, 1, "count");
                        else
                            threading.Write(ref count, threading.Read(ref count, "count") + 1, "count");
                    },
                    "counts");
            }

            scheduler.AwaitOthers();
            SeededScheduler.Require(count == 2, $"two threads counted to {count}");
        }
    }

    [Test]
    public void Locks_in_opposite_order_are_a_deadlock()
    {
        var failure = SeededScheduler.FindFailure(Seeds, scheduler =>
        {
            var (a, b) = (new object(), new object());
            scheduler.Start(() => Nest(b, a), "other");
            Nest(a, b);

            void Nest(object outer, object inner)
            {
                scheduler.Gate(outer).Enter("outer");
                scheduler.Gate(inner).Enter("inner");
                scheduler.Gate(inner).Exit("inner");
                scheduler.Gate(outer).Exit("outer");
            }
        });

        Assert.That(failure?.Message, Does.Contain("Deadlock").And.Contain("T0 (main) enters inner").And.Contain("T1 (other) enters inner"));
    }

    [Test]
    public void A_gate_is_used_by_the_thread_that_holds_it([Values] bool isHeldByOther)
    {
        var failure = SeededScheduler.FindFailure(1, scheduler =>
        {
            var gate = scheduler.Gate(new object());
            if (isHeldByOther)
                scheduler.Join(scheduler.Start(() => gate.Enter("gate"), "other"));
            gate.Pulse("gate");
        });

        Assert.That(failure?.Message, Does.Contain("T0 (main) pulses gate, but").And.Contain(isHeldByOther ? "T1 (other) holds" : "no thread holds"));
    }

    [Test]
    public void Threads_that_never_end_are_found() =>
        Assert.That(SeededScheduler.FindFailure(1, Spin)?.Message, Does.Contain("have not ended after"));

    [Test]
    public void A_wait_runs_out_before_or_after_a_pulse()
    {
        var results = new HashSet<bool>();
        SeededScheduler.Explore(100, scheduler =>
        {
            var gate = scheduler.Gate(new object());
            scheduler.Start(
                () =>
                {
                    gate.Enter("gate");
                    gate.Pulse("gate");
                    gate.Exit("gate");
                },
                "pulses");
            gate.Enter("gate");
            var pulsed = gate.Wait(TimeSpan.FromSeconds(3), "gate");
            gate.Exit("gate");
            results.Add(pulsed);
            SeededScheduler.Require(scheduler.Time == TimeSpan.FromSeconds(pulsed ? 0 : 3), $"the time is {scheduler.Time}");
        });

        Assert.That(results, Is.EquivalentTo(new[] { true, false }));
    }

    private static void Spin(SeededScheduler scheduler)
    {
        while (true)
            scheduler.Point("spins");
    }

    private static void Run(SeededScheduler scheduler, QueueDefect defect)
    {
        var queue = new BoundedQueue(new ScheduledThreading(scheduler), defect);
        var items = new List<int>();
        for (var i = 0; i < 2; i++)
        {
            var item = i;
            scheduler.Start(() => queue.Enqueue(item), "producer");
            scheduler.Start(() => items.Add(queue.Dequeue()), "consumer");
        }

        scheduler.AwaitOthers();
        SeededScheduler.Require(items.Order().SequenceEqual([0, 1]), $"items {string.Join(", ", items)}");
    }
}
