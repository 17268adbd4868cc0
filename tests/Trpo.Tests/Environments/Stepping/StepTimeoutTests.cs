using System.Collections.Concurrent;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Checkpoints;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Stepping;

/// <summary>Tests that a step which does not return is found and named, and costs a training at most the iteration that it is in.</summary>
public sealed class StepTimeoutTests
{
    private static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly TrpoOptions Small = new() { TotalSteps = 800, StepsPerIteration = 200, HiddenLayers = [8], Seed = 1 };

    private readonly List<string> _warnings = [];
    private readonly ManualResetEventSlim _release = new();

    [SetUp]
    public void Forget()
    {
        _warnings.Clear();
        _release.Reset();
    }

    // Threads that hang end with the test.
    [TearDown]
    public void Release() => _release.Set();

    [OneTimeTearDown]
    public void Dispose() => _release.Dispose();

    [TestCase(1)]
    [TestCase(4)]
    public void A_step_that_does_not_return_ends_the_training_and_names_the_environment(int threads)
    {
        var (created, disposed) = (-1, new ConcurrentBag<int>());
        var exception = Assert.Throws<EnvironmentException>(() => Train(() =>
        {
            var index = created++;
            return new HookedEnvironment(new CountingEnvironment(), call => HangIf((index, call) == (2, 13)), () => disposed.Add(index));
        }, threads))!;

        Assert.That(exception.Message, Does.Match(@"^Environment 'Counting' \(index 2 of 4\) has not returned from Step, at step 3 of its episode, for 0\.\d+ s, since \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ; the stepTimeout of LoadFromEnvironment is 0\.5 s\. A step cannot be ended from outside, so that the work ends; the environment is not disposed\.$"));
        Assert.That(exception.InnerException, Is.TypeOf<TimeoutException>());
        Assert.That(disposed.Order(), Is.EqualTo(new[] { -1, 0, 1, 3 }), "all but the one that a thread is in");
    }

    [Test]
    public void A_reset_that_does_not_return_and_others_beside_it_are_named()
    {
        var created = -1;
        var exception = Assert.Throws<EnvironmentException>(() => Train(() =>
        {
            var index = created++;
            return new HookedEnvironment(new CountingEnvironment(), call => HangIf(index is 1 or 3 && call == 5));
        }, threads: 4))!;

        Assert.That(exception.Message, Does.Match(@"^Environment 'Counting' \(index 1 of 4\) has not returned from Reset, at step 0 of its episode, .* 1 more hang, with the indices 3\. "));
    }

    // While one step hangs, another begins and is not over when the first has had its time.
    [Test]
    public void No_environment_is_disposed_while_a_thread_is_in_it()
    {
        var created = -1;
        var (inside, disposedInside) = (new int[5], 0);
        Assert.That(() => Train(() =>
        {
            var index = created++;
            return new HookedEnvironment(new CountingEnvironment(), call =>
            {
                if (index < 0)
                    return;
                Volatile.Write(ref inside[index], 1);
                if (call == 6)
                    _release.Wait(index == 0 ? Patience : TimeSpan.FromMilliseconds(350));
                Volatile.Write(ref inside[index], 0);
            }, () => disposedInside += index >= 0 ? Volatile.Read(ref inside[index]) : 0);
        }, threads: 2), Throws.TypeOf<EnvironmentException>());

        Assert.That(disposedInside, Is.Zero);
    }

    [Test]
    public void An_evaluation_ends_too()
    {
        var ml = new MLContext(1);
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(() => new HookedEnvironment(new CountingEnvironment(), call => HangIf(call == 7)), count: 1, stepTimeout: Timeout);
        using var policy = Support.Policies.Transformer(environment.ActionSpace, environment.ObservationSpace.Length);

        Assert.That(() => ml.ReinforcementLearning.Evaluate(policy, environment, episodes: 12), Throws.TypeOf<EnvironmentException>().With.InnerException.TypeOf<TimeoutException>());
    }

    // The only checkpoint before is that of the beginning; an hour does not pass.
    [TestCase(120)]
    [TestCase(399)]
    public void A_training_with_checkpoints_resumes_from_the_iteration_that_the_step_hung_in(int hangsAt)
    {
        using var folder = new TemporaryFolder();
        var whole = Train(() => new Pendulum());
        var options = Small with { Checkpoints = new CheckpointOptions { Folder = folder.FullName, Interval = TimeSpan.FromHours(1) } };
        var steps = 0;
        Assert.That(() => Train(() => new StepCounter(new Pendulum(), () => HangIf(Interlocked.Increment(ref steps) == hangsAt)), options: options), Throws.TypeOf<EnvironmentException>());

        // The first checkpoint is that of the beginning.
        var iteration = (hangsAt / 200) + 1;
        if (iteration > 1)
            Assert.That(_warnings[^1], Does.Match($@"^Training ends in iteration {iteration}; it can be resumed from .*checkpoint, the state before that iteration\.$"));
        var reported = new Listener();
        var resumed = Train(() => new StepCounter(new Pendulum(), () => { }), options: options with { Checkpoints = options.Checkpoints! with { Resume = true }, Progress = reported });
        Assert.That(reported.Iterations[0].Iteration, Is.EqualTo(iteration), "nothing of earlier iterations is lost");
        Assert.That(resumed, Is.EqualTo(whole));
    }

    // Checkpoints within the iteration are later than its beginning.
    [Test]
    public void A_later_checkpoint_is_not_replaced_by_the_state_before_the_iteration()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Checkpoints = new CheckpointOptions { Folder = folder.FullName, Interval = TimeSpan.FromTicks(1), Kept = 1 } };
        var steps = 0;
        Assert.That(() => Train(() => new StepCounter(new Pendulum(), () => HangIf(Interlocked.Increment(ref steps) == 390)), options: options), Throws.TypeOf<EnvironmentException>());
        var (resumed, left) = (new Listener(), 0);
        Train(() => new StepCounter(new Pendulum(), () => Interlocked.Increment(ref left)), options: options with { Checkpoints = options.Checkpoints! with { Resume = true, Interval = TimeSpan.FromHours(1) }, Progress = resumed });

        Assert.That(left, Is.EqualTo(800 - 388));
        Assert.That(_warnings, Has.None.Contains("the state before that iteration"));
    }

    [Test]
    public void A_training_with_checkpoints_whose_environment_fails_resumes_from_that_iteration_too()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { Checkpoints = new CheckpointOptions { Folder = folder.FullName, Interval = TimeSpan.FromHours(1) } };
        var steps = 0;
        Assert.That(() => Train(() => new StepCounter(new Pendulum(), () =>
        {
            if (Interlocked.Increment(ref steps) == 700)
                throw new IOException("The robot does not answer.");
        }), options: options), Throws.TypeOf<EnvironmentException>());

        Assert.That(_warnings[^1], Does.Contain("Training ends in iteration 4; it can be resumed from"));
    }

    [Test]
    public void Bits_are_those_without_a_limit_and_steps_leave_the_calling_thread([Values(1, 2, 9)] int threads)
    {
        var callers = new ConcurrentDictionary<Thread, bool>();
        var limited = Train(() => new StepCounter(new Pendulum(), () => callers.TryAdd(Thread.CurrentThread, true)), threads, timeout: Patience);

        Assert.That(limited, Is.EqualTo(Train(() => new Pendulum())));
        Assert.That(callers.Keys, Has.None.EqualTo(Thread.CurrentThread));
        Assert.That(callers.Count, Is.LessThanOrEqualTo(Math.Min(threads, 4)));
        Assert.That(callers.Keys.Where(thread => thread.IsAlive), Is.Empty);
    }

    // Steps that wait for a thread are not under way.
    [Test]
    public void Many_steps_that_are_each_fast_enough_do_not_hang() =>
        Assert.That(() => Train(() => new HookedEnvironment(new CountingEnvironment(), _ => _release.Wait(20)), threads: 1, timeout: TimeSpan.FromMilliseconds(70),
            options: Small with { TotalSteps = 40, StepsPerIteration = 20 }), Throws.Nothing);

    [TestCase(0)]
    [TestCase(-1)]
    [TestCase(25 * 86_400)]
    public void Times_out_of_range_are_refused(int seconds) =>
        Assert.That(() => new MLContext(1).ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), stepTimeout: TimeSpan.FromSeconds(seconds)), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("stepTimeout"));

    private void HangIf(bool condition)
    {
        if (condition)
            _release.Wait(Patience);
    }

    private byte[] Train(Func<IEnvironment> factory, int threads = 1, TimeSpan? timeout = null, TrpoOptions? options = null)
    {
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
                _warnings.Add(log.RawMessage);
        };
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 4, rows: 10, threads: threads, stepTimeout: timeout ?? Timeout);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(environment, options ?? Small).Fit(environment);
        return policy.Onnx.ToArray();
    }
}
