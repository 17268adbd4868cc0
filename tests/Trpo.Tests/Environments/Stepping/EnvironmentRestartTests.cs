using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Estimators.Evaluation;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Trajectories;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Environments.Stepping;

/// <summary>Tests that failed environments are replaced by new ones as often as is allowed, and that nothing of what failed is learned from.</summary>
public sealed class EnvironmentRestartTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 800, StepsPerIteration = 200, HiddenLayers = [8], Seed = 1 };

    private readonly List<string> _warnings = [];

    [SetUp]
    public void Forget() => _warnings.Clear();

    [Test]
    public void Without_restarts_the_first_failure_ends_the_training() =>
        Assert.That(() => Train(() => new FlakyWalk(40), maxRestarts: 0),
            Throws.TypeOf<EnvironmentException>().With.Message.Match(@"^Environment 'Walk' \(index 0 of 4\) failed in Step, at step \d+ of its episode: The robot does not answer\.$"));

    // 4 environments of 200 steps, each of which fails in every 40th call: the call is made again by the next instance.
    [Test]
    public void Restarts_are_counted_reported_and_allow_the_training_to_end()
    {
        var (_, iterations) = Train(() => new FlakyWalk(40), maxRestarts: 100);

        Assert.That(iterations.Select(iteration => iteration.Restarts), Is.EqualTo(new[] { 4, 8, 12, 20 }));
        Assert.That(iterations[^1].Steps, Is.EqualTo(800), "failed calls are no steps");
        Assert.That(_warnings.Count(warning => warning.Contains("created anew", StringComparison.Ordinal)), Is.EqualTo(5), "one for each time");
        Assert.That(_warnings[0], Does.Match(@"^Environment 'Walk' \(index 0 of 4\) failed in Step, at step \d+ of its episode: The robot does not answer\. 4 environments failed at once, with the indices 0, 1, 2, 3: they are created anew, and their episodes dropped \(restart 4 of 100\)\.$"));
    }

    [Test]
    public void After_the_last_restart_the_next_failure_ends_the_training()
    {
        var exception = Assert.Throws<EnvironmentException>(() => Train(() => new FlakyWalk(40), maxRestarts: 6))!;

        Assert.That(exception.Message, Does.Match(@"^Environment 'Walk' \(index 0 of 4\) failed in Step, .* 4 environments failed at once\. 4 of the restarts that the maxRestarts of LoadFromEnvironment allows, 6, were used before\.$"));
        Assert.That(exception.InnerException!.InnerException, Is.TypeOf<TimeoutException>());
    }

    [Test]
    public void The_policy_does_not_depend_on_restarts_that_do_not_happen() =>
        Assert.That(Train(() => new CartPole(), maxRestarts: 3).Onnx, Is.EqualTo(Train(() => new CartPole(), maxRestarts: 0).Onnx));

    [Test]
    public void The_policy_does_not_depend_on_the_number_of_threads([Values(2, 4)] int threads, [Values] bool asynchronous)
    {
        Func<IEnvironment> factory = asynchronous ? () => new AsyncEnvironment(new FlakyWalk(30), (_, _) => Task.CompletedTask) : () => new FlakyWalk(30);
        Assert.That(Train(factory, maxRestarts: 100, threads).Onnx, Is.EqualTo(Train(() => new FlakyWalk(30), maxRestarts: 100).Onnx));
    }

    [TestCase(1)]
    [TestCase(119)]
    [TestCase(150)]
    [TestCase(190)]
    public void A_stopped_training_resumes_to_the_same_policy_and_count(int steps)
    {
        using var folder = new TemporaryFolder();
        var options = Small with { NormalizeObservations = true, ReusedIterations = 1 };
        var whole = Train(() => new FlakyWalk(30), maxRestarts: 100, options: options);
        using var cancellation = new CancellationTokenSource();
        var left = steps * 4;
        Train(() => new StepCounter(new FlakyWalk(30), () =>
        {
            if (--left == 0)
                cancellation.Cancel();
        }), maxRestarts: 100, options: options with { Checkpoints = new() { Folder = folder.FullName }, Cancellation = cancellation.Token });
        var (onnx, iterations) = Train(() => new StepCounter(new FlakyWalk(30), () => { }), maxRestarts: 100, options: options with { Checkpoints = new() { Folder = folder.FullName, Resume = true } });

        Assert.That(onnx, Is.EqualTo(whole.Onnx));
        Assert.That(iterations[^1].Restarts, Is.EqualTo(whole.Iterations[^1].Restarts).And.GreaterThan(20));
    }

    // Each instance numbers its observations on and on, across its episodes, so that rows that do not follow each other are found.
    [TestCase(7)]
    [TestCase(10)]
    [TestCase(1)]
    public void Rows_are_steps_that_were_made_and_a_dropped_episode_is_cut_off_where_it_failed(int failsAt)
    {
        const int Steps = 30;
        var instance = 0;
        var view = new MLContext(1).ReinforcementLearning.LoadFromEnvironment(() => new Ledger(instance++ * 1_000, instance <= 4 ? failsAt : int.MaxValue), count: 3, maxRestarts: 100);
        using var environments = new TransformedVectorEnvironment(view, 3, view, view.Schema[0]);
        using var policy = Support.Policies.Create(ActionSpace.Discrete(2), observationLength: 1);
        var collector = new RolloutCollector(environments, 1, new RandomSource(1));
        var (rollout, episodes) = (new Rollout(3, Steps, 1, 1), new List<Episode>());
        rollout.Clear(Steps);
        collector.Reset();
        Assert.That(collector.Collect(policy, rollout, episodes), Is.True);

        Assert.That(collector.Restarts, Is.EqualTo(3));
        var bootstraps = rollout.BootstrapRows.ToArray().Zip(rollout.BootstrapObservations.ToArray()).ToDictionary();
        for (var e = 0; e < 3; e++)
        {
            for (var row = rollout.Row(e, 0); row < rollout.Row(e, Steps - 1); row++)
            {
                var (now, next) = (rollout.Observation(row)[0], rollout.Observation(row + 1)[0]);
                Assert.That(rollout.Rewards[row], Is.EqualTo(now + 1), "the reward names the observation after the step");
                if (!rollout.Ended(row))
                    Assert.That(next, Is.EqualTo(now + 1));
                else if (!rollout.Terminated[row])
                    Assert.That(bootstraps[row], Is.EqualTo(now + 1));
            }

            // The call that failed was to be the step after these.
            var before = failsAt - 1;
            Assert.That(rollout.CutOff[rollout.Row(e, 0)..(rollout.Row(e, 0) + Steps)].ToArray().Count(cut => cut), Is.EqualTo(before % Ledger.Length == 0 ? 0 : 1), $"environment {e}");
        }

        Assert.That(episodes.Select(episode => episode.Length), Is.All.EqualTo(Ledger.Length), "a dropped episode has no return");
    }

    [Test]
    public void An_evaluation_plays_a_failed_episode_again_with_the_same_result([Values(1, 3)] int threads)
    {
        var expected = Evaluate(() => new WalkEnvironment(), threads, maxRestarts: 0).Returns;

        Assert.That(Evaluate(() => new FlakyWalk(33), threads, maxRestarts: 100).Returns, Is.EqualTo(expected));
        Assert.That(_warnings.Count(warning => warning.Contains("created anew", StringComparison.Ordinal)), Is.GreaterThan(1));
    }

    [Test]
    public void An_environment_that_cannot_be_created_again_is_tried_until_no_restart_is_left()
    {
        var created = 0;
        var exception = Assert.Throws<EnvironmentException>(() => Train(() => created++ > 4 ? throw new IOException("No such port.") : new FlakyWalk(created == 2 ? 40 : int.MaxValue), maxRestarts: 3))!;

        Assert.That(exception.Message, Does.StartWith("Environment 'Walk' (index 0 of 4) could not be created: the factory, or a property of the environment that it returned, failed: No such port. (IOException)"));
        Assert.That(created, Is.EqualTo(8));
        Assert.That(_warnings, Has.Count.EqualTo(3));
    }

    // Four that fail at once wait together: 100, 200 and 400 ms.
    [Test]
    public void Environments_that_cannot_be_created_yet_wait_together()
    {
        var (created, failed) = (0, 0);
        var started = Stopwatch.GetTimestamp();
        var (_, iterations) = Train(() => created++ > 4 && failed < 12 && ++failed > 0 ? throw new IOException("No such port") : new FlakyWalk(created <= 5 ? 40 : int.MaxValue), maxRestarts: 16);

        Assert.That(Stopwatch.GetElapsedTime(started).TotalMilliseconds, Is.InRange(700, 2_000));
        Assert.That(iterations[^1].Restarts, Is.EqualTo(16));
        Assert.That(_warnings, Has.Count.EqualTo(4));
        Assert.That(_warnings[1], Does.EndWith("No such port (IOException). 4 environments failed at once, with the indices 0, 1, 2, 3: they are created anew, and their episodes dropped (restart 8 of 16)."));
    }

    [Test]
    public void A_factory_that_returns_the_failed_environment_again_is_refused()
    {
        var kept = new FlakyWalk(40);
        var created = 0;
        Assert.That(() => Train(() => created++ == 1 || created > 5 ? kept : new FlakyWalk(int.MaxValue), maxRestarts: 2),
            Throws.TypeOf<EnvironmentException>().With.Message.Contains("the factory returned the same environment twice"));
    }

    [Test]
    public void An_episode_of_an_evaluation_that_always_fails_ends_it()
    {
        var exception = Assert.Throws<EnvironmentException>(() => Evaluate(() => new CountingEnvironment(reward: step => step == 3 ? double.NaN : 1), threads: 1, maxRestarts: 1_000))!;

        Assert.That(exception.Message, Does.Match(@"^The episode of seed \d+ failed 10 times\. The last failure: Environment 'Counting' \(index 0 of 3\) returned the reward NaN from Step, at step 3 of its episode"));
    }

    // An environment that cannot be saved begins anew after a resume: the last rows of a complete rollout must not be cut off a second time.
    [Test]
    public void A_resumed_training_whose_environments_cannot_be_saved_leaves_checkpoints_that_can_be_resumed_from()
    {
        using var folder = new TemporaryFolder();
        var options = Small with { ReusedIterations = 2, Checkpoints = new() { Folder = folder.FullName, Interval = TimeSpan.FromTicks(1), Resume = true } };
        for (var steps = 200; steps <= 800; steps += 200)
        {
            using var cancellation = new CancellationTokenSource();
            var left = 210;
            Train(() => new HookedEnvironment(new WalkEnvironment(), _ =>
            {
                if (--left == 0)
                    cancellation.Cancel();
            }), maxRestarts: 0, options: options with { TotalSteps = steps, Cancellation = cancellation.Token });
        }

        Assert.That(_warnings, Has.None.Contains("damaged"));
        Assert.That(() => Train(() => new HookedEnvironment(new WalkEnvironment(), _ => { }), maxRestarts: 0, options: options), Throws.Nothing);
    }

    [Test]
    public void A_cancelled_training_does_not_wait_for_the_next_restart()
    {
        using var cancellation = new CancellationTokenSource();
        var created = 0;
        Train(() =>
        {
            if (created++ <= 4)
                return new FlakyWalk(40);
            if (created > 7)
                cancellation.CancelAfter(1);
            throw new IOException("No such port.");
        }, maxRestarts: 1_000, options: Small with { Cancellation = cancellation.Token });

        Assert.That(created, Is.LessThan(20));
        Assert.That(_warnings[^1], Does.Contain("Training was cancelled"));
    }

    [Test]
    public void A_failed_reset_and_a_broken_contract_are_restarted_too()
    {
        var (created, disposed) = (0, 0);
        var (_, iterations) = Train(() =>
        {
            var index = created++;
            IEnvironment inner = index == 1 ? new CountingEnvironment(observe: step => index == 1 && step == 2 ? float.NaN : step) : new CountingEnvironment();
            return new HookedEnvironment(inner, call =>
            {
                if (index == 3 && call == 5)
                    throw new TimeoutException("The second reset.");
            }, () => disposed++);
        }, maxRestarts: 2);

        Assert.That(iterations[^1].Restarts, Is.EqualTo(2));
        Assert.That(_warnings[0], Does.Contain("(index 0 of 4) gave NaN as value 0 ('step')"));
        Assert.That(_warnings[1], Does.Contain("(index 2 of 4) failed in Reset, at step 0 of its episode: The second reset."));
        Assert.That((created, disposed), Is.EqualTo((7, 7)));
    }

    [Test]
    public void Numbers_below_0_are_refused() =>
        Assert.That(() => new MLContext(1).ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), maxRestarts: -1), Throws.TypeOf<ArgumentOutOfRangeException>().With.Property("ParamName").EqualTo("maxRestarts"));

    private (byte[] Onnx, List<TrpoIteration> Iterations) Train(Func<IEnvironment> factory, int maxRestarts, int threads = 1, TrpoOptions? options = null)
    {
        var (ml, listener) = (Context(), new Listener());
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 4, threads: threads, maxRestarts: maxRestarts);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(environment, (options ?? Small) with { Progress = listener }).Fit(environment);
        return (policy.Onnx.ToArray(), listener.Iterations);
    }

    private PolicyEvaluation Evaluate(Func<IEnvironment> factory, int threads, int maxRestarts)
    {
        var ml = Context();
        var environment = ml.ReinforcementLearning.LoadFromEnvironment(factory, count: 3, threads: threads, maxRestarts: maxRestarts);
        using var policy = Support.Policies.Transformer(environment.ActionSpace, environment.ObservationSpace.Length);
        return ml.ReinforcementLearning.Evaluate(policy, environment, episodes: 40);
    }

    private MLContext Context()
    {
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
                _warnings.Add(log.RawMessage);
        };
        return ml;
    }

    private sealed class Ledger(int number, int failsAt) : IEnvironment
    {
        public const int Length = 9;

        private int _number = number;
        private int _calls;
        private int _steps;

        public ObservationSpace ObservationSpace { get; } = ObservationSpace.Unbounded(1);

        public ActionSpace ActionSpace { get; } = ActionSpace.Discrete(2);

        public void Reset(int? seed, Span<float> observation)
        {
            _steps = 0;
            observation[0] = ++_number;
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            if (++_calls == failsAt)
                throw new TimeoutException();
            observation[0] = ++_number;
            return new StepResult(_number, Terminated: ++_steps == Length);
        }
    }
}
