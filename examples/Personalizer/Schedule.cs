using System.Data.Common;

namespace Trpo.Examples.Personalizer;

/// <summary>The work that nobody asks for: following deployments of other instances, and lessons.</summary>
internal sealed class Schedule(PersonalizerOptions options, Serving serving, Learner learner, TimeProvider clock, ILogger<Schedule> logger) : BackgroundService
{
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.WhenAll(
        RepeatAsync(options.Reload, _ => serving.FollowAsync(), stoppingToken),
        options.LearnEvery is { } interval ? RepeatAsync(interval, LearnAsync, stoppingToken) : Task.CompletedTask);

    private async Task LearnAsync(CancellationToken cancellation)
    {
        var lesson = await learner.LearnAsync(cancellation);
        Messages.Learned(logger, lesson.Verdict);
    }

    private async Task RepeatAsync(TimeSpan interval, Func<CancellationToken, Task> work, CancellationToken stopping)
    {
        using var timer = new PeriodicTimer(interval, clock);
        while (await WaitAsync(timer, stopping))
        {
            try
            {
                await work(stopping);
            }
            catch (Exception exception) when (exception is DbException or IOException or InvalidOperationException)
            {
                // The next turn tries again.
                Messages.Failed(logger, exception.GetType().Name);
            }
        }
    }

    private static async Task<bool> WaitAsync(PeriodicTimer timer, CancellationToken stopping)
    {
        try
        {
            return await timer.WaitForNextTickAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
