using System.Collections.Concurrent;
using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.Stepping;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Stepping;

/// <summary>Tests of environments that are stepped asynchronously.</summary>
public sealed class AsyncEnvironmentTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    [SetUp]
    public void Forget() => _warnings.Clear();

    [Test]
    public void Sixty_four_environments_of_20_milliseconds_take_a_step_in_less_than_60()
    {
        var callers = new ConcurrentDictionary<Thread, bool>();
        using var environments = Environments(64, () => new AsyncEnvironment(new CartPole(), (_, cancellation) =>
        {
            callers.TryAdd(Thread.CurrentThread, true);
            return Task.Delay(20, cancellation);
        }));
        using var queue = new StepQueue(environments, new SteppingOptions());
        queue.Reset(new RandomSource(1));
        var fastest = TimeSpan.MaxValue;
        for (var step = 0; step < 8; step++)
        {
            var started = Stopwatch.GetTimestamp();
            Step(queue, environments.Count);
            fastest = TimeSpan.FromTicks(Math.Min(fastest.Ticks, Stopwatch.GetElapsedTime(started).Ticks));
        }

        TestContext.Out.WriteLine($"64 environments of 20 ms: {fastest.TotalMilliseconds:F1} ms a step");
        Assert.That(fastest.TotalMilliseconds, Is.InRange(10, 60));
        Assert.That(callers.Keys, Is.EqualTo(new[] { Thread.CurrentThread }), "all begin on the calling thread");
    }

    [Test]
    public void Training_has_the_same_bits_as_with_the_synchronous_environment([Values(1, 3)] int threads)
    {
        var synchronous = Train(() => new CartPole(), threads: 1);

        Assert.That(Train(() => new AsyncEnvironment(new CartPole(), Yield), threads), Is.EqualTo(synchronous));
        var created = 0;
        Assert.That(Train(() => created++ % 2 == 0 ? new CartPole() : new AsyncEnvironment(new CartPole(), Yield), threads), Is.EqualTo(synchronous), "both kinds beside each other");
    }

    [Test]
    public void Evaluation_and_check_are_those_of_the_synchronous_environment()
    {
        Assert.That(Evaluate(() => new AsyncEnvironment(new CartPole(), Yield)), Is.EqualTo(Evaluate(() => new CartPole())));
        Assert.That(_ml.ReinforcementLearning.CheckEnvironment(() => new AsyncEnvironment(new CartPole(), Yield), steps: 500).HasErrors, Is.False);
    }

    [Test]
    public void A_time_limit_leaves_an_asynchronous_environment_asynchronous()
    {
        using var limited = new TimeLimit(new AsyncEnvironment(new CountingEnvironment(length: 100), Yield), 3);
        using var plain = new TimeLimit(new CountingEnvironment(), 3);

        Assert.That((limited.IsAsynchronous, plain.IsAsynchronous), Is.EqualTo((true, false)));
        Assert.That(() => plain.StepAsync(new float[1], new float[1], CancellationToken.None).AsTask(), Throws.InvalidOperationException.With.Message.EqualTo("Environment 'Counting' is not an IAsyncEnvironment."));
        Assert.That(Evaluate(() => new TimeLimit(new AsyncEnvironment(new CountingEnvironment(length: 100), Yield), 3)), Is.All.EqualTo(3));
        Assert.That(Evaluate(() => new TimeLimit(new CountingEnvironment(length: 100), 3)), Is.All.EqualTo(3));
    }

    [Test]
    public void Every_environment_is_disposed_asynchronously()
    {
        var (created, disposed) = (0, 0);
        Train(() =>
        {
            created++;
            return new AsyncEnvironment(new CountingEnvironment(), Yield, () => disposed++);
        });

        Assert.That((created, disposed), Is.EqualTo((5, 5)));
    }

    // A task that fails, one that is cancelled by nobody, and a method that throws before it returns a task.
    [TestCase(false)]
    [TestCase(true)]
    public void A_failure_names_the_environment_and_the_step(bool throwsAtOnce)
    {
        var created = -1;
        Assert.That(() => Train(() =>
        {
            var index = created++;
            return new AsyncEnvironment(new CountingEnvironment(), (call, _) => (index, call) switch
            {
                (2 or 3, 3) when throwsAtOnce => throw new TimeoutException("The robot does not answer."),
                (2 or 3, 3) => Task.FromException(new TimeoutException("The robot does not answer.")),
                _ => Task.CompletedTask,
            });
        }), Throws.TypeOf<EnvironmentException>().With.Message.EqualTo("Environment 'Counting' (index 2 of 4) failed in Step, at step 3 of its episode: The robot does not answer.")
            .And.InnerException.TypeOf<TimeoutException>());
    }

    [Test]
    public void An_observation_that_is_not_written_is_refused()
    {
        var calls = 0;
        Assert.That(() => Train(() => new AsyncEnvironment(new CountingEnvironment(observe: _ => ++calls > 30 ? float.NaN : 0), Yield)),
            Throws.TypeOf<EnvironmentException>().With.Message.Contains("gave NaN as value 0 ('step') of its observation"));
    }

    [Test]
    public void Cancelling_the_training_cancels_the_steps_that_are_under_way_and_keeps_the_policy()
    {
        using var cancellation = new CancellationTokenSource();
        var waiting = 0;
        var policy = Train(() => new AsyncEnvironment(new CountingEnvironment(), async (call, token) =>
        {
            if (call < 20)
                return;
            if (Interlocked.Increment(ref waiting) == 4)
                await cancellation.CancelAsync();
            await Task.Delay(Timeout.Infinite, token);
        }), cancellation: cancellation.Token);

        Assert.That(policy, Is.Not.Empty);
    }

    // A step that ends within a second of the cancellation leaves a state that can be saved; of one that does not, the state before its iteration is.
    [TestCase(true)]
    [TestCase(false)]
    public void A_cancelled_training_leaves_a_checkpoint_and_no_failure(bool ends)
    {
        using var folder = new TemporaryFolder();
        var options = new TrpoOptions { TotalSteps = 300, StepsPerIteration = 100, HiddenLayers = [8], Seed = 1 };
        var whole = Train(() => new Pendulum(), options: options);
        using var cancellation = new CancellationTokenSource();
        var checkpoints = new CheckpointOptions { Folder = folder.FullName, Interval = TimeSpan.FromHours(1) };
        var calls = 0;
        Train(() => new AsyncEnvironment(new Pendulum(), async (_, token) =>
        {
            if (Interlocked.Increment(ref calls) != 150)
                return;
            await cancellation.CancelAsync();
            await Task.Delay(ends ? 20 : Timeout.Infinite, token);
        }), options: options with { Checkpoints = checkpoints }, cancellation: cancellation.Token);

        Assert.That(_warnings.Single(warning => warning.Contains("was cancelled", StringComparison.Ordinal)), Does.Contain("It can be resumed from").And.Not.Contains("failed"));
        Assert.That(Train(() => new AsyncEnvironment(new Pendulum(), Yield), options: options with { Checkpoints = checkpoints with { Resume = true } }), Is.EqualTo(whole));
    }

    [Test]
    public void Called_alone_it_waits_for_its_task_without_the_callers_context()
    {
        StepResult result = default;
        var observation = new float[1];
        Assert.That(SingleThread.TryRun(() =>
        {
            var environment = Synchronous(new AsyncEnvironment(new CountingEnvironment(), async (_, cancellation) => await Task.Delay(1, cancellation)));
            environment.Reset(1, observation);
            result = environment.Step(new EnvironmentAction([0]), observation);
        }, Patience), Is.True, "it hangs");

        Assert.That((result.Reward, observation[0]), Is.EqualTo((1.0, 1f)));
    }

    // The synchronous members are those of the interface.
    private static IEnvironment Synchronous(IAsyncEnvironment environment) => environment;

    private static Task Yield(int call, CancellationToken cancellation) => Task.Run(() => Thread.SpinWait(Random.Shared.Next(2_000)), cancellation);

    private static VectorEnvironment Environments(int count, Func<IEnvironment> factory) => new(new EnvironmentSpecification(factory, episodeStepLimit: 1_000), count);

    private static int[] Step(StepQueue queue, int count)
    {
        for (var e = 0; e < count; e++)
            queue.EnqueueStep(e, [0]);
        return [.. queue.Run((_, _) => 1)];
    }

    private byte[] Train(Func<IEnvironment> factory, int threads = 1, TrpoOptions? options = null, CancellationToken cancellation = default)
    {
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
                _warnings.Add(log.RawMessage);
        };
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 4, threads: threads, cancellation: cancellation);
        options ??= new() { TotalSteps = 300, StepsPerIteration = 100, HiddenLayers = [8], Seed = 1 };
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(environment, options with { Cancellation = cancellation }).Fit(environment);
        return policy.Onnx.ToArray();
    }

    private int[] Evaluate(Func<IEnvironment> factory)
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 3);
        using var policy = Support.Policies.Transformer(environment.ActionSpace, environment.ObservationSpace.Length);
        return [.. _ml.ReinforcementLearning.Evaluate(policy, environment, episodes: 5).Lengths];
    }
}
