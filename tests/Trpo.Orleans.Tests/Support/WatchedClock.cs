using System.Threading.Channels;
using Microsoft.Extensions.Time.Testing;
using Trpo.Orleans.Hosting;

namespace Trpo.Orleans.Tests.Support;

/// <summary>A clock that the test advances, and that tells when a call waits for an answer.</summary>
internal sealed class WatchedClock : FakeTimeProvider
{
    private readonly Channel<TimeSpan> _waits = Channel.CreateUnbounded<TimeSpan>();

    /// <summary>Waits until another call waits.</summary>
    public Task WaitsAsync() => _waits.Reader.ReadAsync().AsTask().WaitAsync(TimeSpan.FromMinutes(1));

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = base.CreateTimer(callback, state, dueTime, period);
        if (dueTime == HostedBlock.Wait)
            _waits.Writer.TryWrite(dueTime);
        return timer;
    }
}
