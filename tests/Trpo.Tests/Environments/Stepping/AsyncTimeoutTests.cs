using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Stepping;

/// <summary>Tests of asynchronous environments whose calls take too long.</summary>
public sealed class AsyncTimeoutTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly List<string> _warnings = [];

    [SetUp]
    public void Forget() => _warnings.Clear();

    [Test]
    public void A_step_that_takes_too_long_is_given_up_and_its_late_observation_goes_nowhere()
    {
        using var release = new SemaphoreSlim(0);
        using var disposed = new ManualResetEventSlim();
        var cancelled = 0;
        var created = 0;
        using var environments = Environments(3, () =>
        {
            // The first is created only for its spaces.
            var index = created++ - 1;
            return new AsyncEnvironment(new CountingEnvironment(length: 100), async (call, token) =>
            {
                if ((index, call) != (1, 2))
                    return;
                token.Register(() => Interlocked.Increment(ref cancelled));
                await release.WaitAsync(CancellationToken.None);
            }, () =>
            {
                if (index == 1)
                    disposed.Set();
            });
        });
        var warnings = new List<string>();
        using var queue = new StepQueue(environments, new SteppingOptions { StepTimeout = TimeSpan.FromMilliseconds(300), MaxRestarts = 1 }, warnings.Add);
        queue.Reset(new RandomSource(1));
        Assert.That(Step(queue, 3), Is.Empty);

        Assert.That(Step(queue, 3), Is.EqualTo(new[] { 1 }));

        Assert.That(environments.Observations.ToArray(), Is.EqualTo(new[] { 2f, 0, 2 }));
        Assert.That(warnings, Has.Count.EqualTo(1));
        Assert.That(warnings[0], Does.Match(@"^Environment 'Counting' \(index 1 of 3\) has not returned from Step, at step 2 of its episode, for 0\.\d+ s, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ; the stepTimeout of LoadFromEnvironment is 0\.3 s\. The environment is created anew, and its episode dropped \(restart 1 of 1\)\.$"));
        Assert.That(() => Volatile.Read(ref cancelled), Is.EqualTo(1).After(10_000, 1));
        Assert.That(disposed.IsSet, Is.False, "a call is within it");
        release.Release();
        Assert.That(disposed.Wait(Patience), Is.True, "disposed once the call has ended");
        Assert.That(environments.Observation(1)[0], Is.Zero);
        Assert.That(Step(queue, 3), Is.Empty);
        Assert.That(environments.Observations.ToArray(), Is.EqualTo(new[] { 3f, 1, 3 }));
    }

    [Test]
    public void With_a_limit_a_call_that_blocks_before_its_first_wait_is_found_too()
    {
        using var release = new ManualResetEventSlim();
        var exception = Assert.Throws<EnvironmentException>(() => Train(() => new AsyncEnvironment(new CountingEnvironment(), (call, _) =>
        {
            if (call == 7)
                release.Wait(Patience, CancellationToken.None);
            return Task.CompletedTask;
        }), stepTimeout: TimeSpan.FromMilliseconds(300)))!;
        release.Set();

        Assert.That(exception.Message, Does.Match(@"^Environment 'Counting' \(index 0 of 4\) has not returned from Step, at step 2 of its episode, for 0\.\d+ s"));
    }

    // Each takes some time before its first wait: when the last begins to wait, the first began longer ago than the limit.
    [Test]
    public void The_time_of_a_call_is_its_own()
    {
        using var environments = Environments(4, () => new AsyncEnvironment(new CountingEnvironment(), (_, cancellation) =>
        {
            Thread.CurrentThread.Join(600);
            return Task.Delay(10, cancellation);
        }));
        using var queue = new StepQueue(environments, new SteppingOptions { StepTimeout = TimeSpan.FromSeconds(2) });

        Assert.That(() => queue.Reset(new RandomSource(1)), Throws.Nothing);
    }

    [Test]
    public void The_token_of_an_environment_is_not_cancelled_because_another_one_hangs()
    {
        var cancelled = new ConcurrentBag<int>();
        var created = 0;
        using var environments = Environments(3, () =>
        {
            var index = created++ - 1;
            return new AsyncEnvironment(new CountingEnvironment(length: 100), (call, token) =>
            {
                if (call == 0)
                    token.Register(() => cancelled.Add(index));
                return (index, call) == (1, 2) ? Task.Delay(Timeout.Infinite, token) : Task.CompletedTask;
            });
        });
        using var queue = new StepQueue(environments, new SteppingOptions { StepTimeout = TimeSpan.FromMilliseconds(200), MaxRestarts = 1 });
        queue.Reset(new RandomSource(1));
        Step(queue, 3);
        Step(queue, 3);

        Assert.That(() => cancelled.Count, Is.EqualTo(1).After(10_000, 1));
        Assert.That(cancelled, Is.EqualTo(new[] { 1 }));
    }

    [Test]
    public void A_disposal_that_does_not_return_is_left_alone()
    {
        Train(() => new AsyncEnvironment(new CountingEnvironment(), Yield, () => Thread.CurrentThread.Join(1_500)), stepTimeout: TimeSpan.FromMilliseconds(500));

        var failures = _warnings.Where(warning => warning.Contains("Dispose", StringComparison.Ordinal)).ToList();
        Assert.That(failures, Has.Count.EqualTo(4));
        Assert.That(failures[0], Does.Match(@"^Environment 'Counting' \(index 0 of 4\) failed in Dispose, .*: It has not returned for 0\.5 s, the stepTimeout of LoadFromEnvironment, and is left alone\."));
    }

    private static Task Yield(int call, CancellationToken cancellation) => Task.Run(() => Thread.SpinWait(Random.Shared.Next(2_000)), cancellation);

    private static VectorEnvironment Environments(int count, Func<IEnvironment> factory) => new(new EnvironmentSpecification(factory, episodeStepLimit: 1_000), count);

    private static int[] Step(StepQueue queue, int count)
    {
        for (var e = 0; e < count; e++)
            queue.EnqueueStep(e, [0]);
        return [.. queue.Run((_, _) => 1)];
    }

    private void Train(Func<IEnvironment> factory, TimeSpan stepTimeout)
    {
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
                _warnings.Add(log.RawMessage);
        };
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 4, stepTimeout: stepTimeout);
        ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 300, StepsPerIteration = 100, HiddenLayers = [8], Seed = 1 }).Fit(environment).Dispose();
    }
}
