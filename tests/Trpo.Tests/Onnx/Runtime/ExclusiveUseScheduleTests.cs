using Trpo.Onnx.Runtime;
using Trpo.Tests.Support.Scheduling;

namespace Trpo.Tests.Onnx.Runtime;

/// <summary>The right to use memory under thousands of interleavings of threads that run, release and dispose it.</summary>
public sealed class ExclusiveUseScheduleTests
{
    [Test]
    public void Memory_is_run_by_one_thread_at_a_time_and_freed_once_after_its_last_run([Values] bool isBound) => SeededScheduler.Explore(4_000, scheduler =>
    {
        var use = new ExclusiveUse<ScheduledThreading>(isBound, new ScheduledThreading(scheduler));
        var (runs, frees) = (0, 0);
        var threads = scheduler.Random.Next(1, 4);
        for (var thread = 0; thread < threads; thread++)
        {
            var turns = scheduler.Random.Next(1, 4);
            scheduler.Start(() => Use(turns), $"uses {thread}");
        }

        if (scheduler.Random.Next(2) == 0)
            scheduler.Start(Free, "disposes");
        Free();
        Free();
        scheduler.AwaitOthers();

        SeededScheduler.Require(frees == 1, $"the memory was freed {frees} times");

        void Use(int turns)
        {
            for (; turns > 0; turns--)
            {
                try
                {
                    use.Begin();
                }
                catch (InvalidOperationException)
                {
                    // Another thread has it, or it was disposed.
                    continue;
                }

                SeededScheduler.Require(++runs == 1, "two threads run at once");
                SeededScheduler.Require(frees == 0, "the memory was freed before the run");
                scheduler.Point("runs");
                SeededScheduler.Require(frees == 0, "the memory was freed during the run");
                runs--;
                if (!use.End())
                    frees++;
            }
        }

        void Free()
        {
            if (use.Dispose())
                frees++;
        }
    });

    [Test]
    public void Nobody_else_touches_memory_between_the_first_and_the_last_use_of_a_thread() => SeededScheduler.Explore(4_000, scheduler =>
    {
        var use = new ExclusiveUse<ScheduledThreading>(isBound: true, new ScheduledThreading(scheduler));
        var (value, uses, refused) = (-1, 0, 0);
        for (var thread = 0; thread < 3; thread++)
        {
            var mine = thread;
            scheduler.Start(() => Use(mine), $"uses {thread}");
        }

        scheduler.AwaitOthers();

        SeededScheduler.Require(uses > 0 && uses + refused == 9, $"{uses} uses and {refused} refusals of 9");

        void Use(int mine)
        {
            for (var turns = 3; turns > 0; turns--)
            {
                try
                {
                    use.Check();
                    value = mine;
                    scheduler.Point("filled");
                    use.Begin();
                    SeededScheduler.Require(use.End(), "nobody disposes the memory");
                    scheduler.Point("ran");
                    use.Check();
                    SeededScheduler.Require(value == mine, "another thread filled the memory in between");
                    use.Release();
                    uses++;
                }
                catch (InvalidOperationException)
                {
                    refused++;
                }
            }
        }
    });
}
