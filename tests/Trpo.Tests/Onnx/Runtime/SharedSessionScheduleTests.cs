using Trpo.Onnx.Runtime;
using Trpo.Tests.Support.Scheduling;

namespace Trpo.Tests.Onnx.Runtime;

/// <summary>The shared session under thousands of interleavings of owners that run, share and dispose it.</summary>
public sealed class SharedSessionScheduleTests
{
    [Test]
    public void A_session_is_freed_once_by_its_last_user_and_never_used_afterwards() => SeededScheduler.Explore(5_000, scheduler =>
    {
        var session = new Session(scheduler);
        var first = new SessionLease<Session, ScheduledThreading>(session, new ScheduledThreading(scheduler));
        List<SessionLease<Session, ScheduledThreading>> leases = [first];
        var owners = scheduler.Random.Next(1, 4);
        for (var owner = 0; owner < owners; owner++)
        {
            var turns = scheduler.Random.Next(3);
            scheduler.Start(() => Own(turns), $"owner {owner}");
        }

        for (var turns = scheduler.Random.Next(3); turns > 0; turns--)
            Use(first);
        first.Dispose();
        SeededScheduler.Require(Throws(() => first.Take()) && Throws(() => first.Share()), "a lease that was disposed hands nothing out");
        scheduler.AwaitOthers();

        SeededScheduler.Require(session.Disposals == 1, $"the session was freed {session.Disposals} times");
        SeededScheduler.Require(leases.TrueForAll(lease => Throws(() => lease.Take())), "a lease hands out a session that is freed");

        void Own(int turns)
        {
            SessionLease<Session, ScheduledThreading> lease;
            try
            {
                // Another thread may dispose the lease that is shared.
                Use(first);
                lease = first.Share();
            }
            catch (ObjectDisposedException)
            {
                return;
            }

            leases.Add(lease);
            for (; turns > 0; turns--)
                Use(lease);
            lease.Dispose();
            lease.Dispose();
        }
    });

    [Test]
    public void A_lease_that_threads_dispose_at_once_is_released_once() => SeededScheduler.Explore(1_000, scheduler =>
    {
        var session = new Session(scheduler);
        var first = new SessionLease<Session, ScheduledThreading>(session, new ScheduledThreading(scheduler));
        var second = first.Share();
        for (var thread = 0; thread < 3; thread++)
            scheduler.Start(first.Dispose, $"disposes {thread}");
        Use(second);
        scheduler.AwaitOthers();
        Use(second);
        SeededScheduler.Require(session.Disposals == 0, "another owner has the session");
        second.Dispose();

        SeededScheduler.Require(session.Disposals == 1, $"the session was freed {session.Disposals} times");
    });

    private static void Use(SessionLease<Session, ScheduledThreading> lease)
    {
        var session = lease.Take();
        try
        {
            session.Run();
        }
        finally
        {
            lease.Return();
        }
    }

    private static bool Throws(Action action)
    {
        try
        {
            action();
            return false;
        }
        catch (ObjectDisposedException)
        {
            return true;
        }
    }

    private sealed class Session(SeededScheduler scheduler) : IDisposable
    {
        public int Disposals { get; private set; }

        public void Run()
        {
            SeededScheduler.Require(Disposals == 0, "a run begins on a freed session");
            scheduler.Point("runs the session");
            SeededScheduler.Require(Disposals == 0, "a session is freed while it runs");
        }

        public void Dispose()
        {
            Disposals++;
            scheduler.Point("frees the session");
        }
    }
}
