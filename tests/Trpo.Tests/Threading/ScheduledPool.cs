using Trpo.Estimators.Threading;
using Trpo.Tests.Support.Scheduling;

namespace Trpo.Tests.Threading;

/// <summary>A pool whose threads run one at a time, in an order drawn from a seed.</summary>
internal sealed class ScheduledPool(int threads, Action<int> work, SeededScheduler scheduler) : WorkerPool<ScheduledThreading>(threads, work, new ScheduledThreading(scheduler), "worker");
