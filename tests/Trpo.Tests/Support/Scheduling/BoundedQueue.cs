using Trpo.Estimators.Threading;

namespace Trpo.Tests.Support.Scheduling;

/// <summary>A queue of one place for several producers and consumers; right, or with one of the classic defects.</summary>
internal sealed class BoundedQueue(IThreading threading, QueueDefect defect)
{
    private readonly object _gate = new();
    private int? _item;

    public void Enqueue(int item)
    {
        using (threading.Hold(_gate))
        {
            Await(isFull: false);
            _item = item;
            Wake();
        }
    }

    public int Dequeue()
    {
        using (threading.Hold(_gate))
        {
            Await(isFull: true);
            var item = _item ?? throw new InvalidOperationException("The queue is empty.");
            _item = null;
            Wake();
            return item;
        }
    }

    private void Await(bool isFull)
    {
        while (_item.HasValue != isFull)
        {
            threading.Wait(_gate, Timeout.InfiniteTimeSpan);
            if (defect == QueueDefect.ChecksOnce)
                return;
        }
    }

    private void Wake()
    {
        if (defect == QueueDefect.WakesOne)
            threading.Pulse(_gate);
        else if (defect != QueueDefect.WakesNone)
            threading.PulseAll(_gate);
    }
}
