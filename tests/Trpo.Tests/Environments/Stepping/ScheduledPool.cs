using Trpo.Estimators.Environments.Stepping;
using Trpo.Tests.Support.Scheduling;

namespace Trpo.Tests.Environments.Stepping;

/// <summary>A pool whose threads run one at a time, in an order drawn from a seed.</summary>
internal sealed class ScheduledPool(int threads, Action<int> work, SeededScheduler scheduler) : WorkerPool<ScheduledThreading>(threads, work, new ScheduledThreading(scheduler));
