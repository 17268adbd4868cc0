using System.Globalization;
using System.Text.RegularExpressions;
using Microsoft.ML;
using Microsoft.ML.Runtime;
using Trpo.Estimators;
using Trpo.Estimators.Baselines;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>Cancellation between two steps of the environments, which returns the policy of the last update.</summary>
public sealed class CancellationTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_000, StepsPerIteration = 100, HiddenLayers = [8], Seed = 3 };

    [TestCase(1)]
    [TestCase(150)]
    [TestCase(151)]
    public void A_cancelled_training_ends_before_the_next_step_of_all_environments(int cancelAt)
    {
        using var cancellation = new CancellationTokenSource();
        var steps = 0;
        Fit(Small with { Cancellation = cancellation.Token }, () =>
        {
            if (++steps == cancelAt)
                cancellation.Cancel();
        });

        Assert.That(steps, Is.EqualTo((cancelAt + 1) / 2 * 2), "two environments");
    }

    [Test]
    public void A_cancelled_training_returns_the_policy_of_the_last_update()
    {
        // The first is cancelled at the end of the third iteration, the second in the middle of the fourth.
        using var early = CancelledAfter(steps: 300);
        using var late = CancelledAfter(steps: 350);
        using var other = CancelledAfter(steps: 400);

        Assert.That(late.Onnx.ToArray(), Is.EqualTo(early.Onnx.ToArray()));
        Assert.That(late.Metadata.Provenance["steps"], Is.EqualTo("300"));
        Assert.That(other.Onnx.ToArray(), Is.Not.EqualTo(early.Onnx.ToArray()));
    }

    [Test]
    public void The_policy_of_a_cancelled_training_can_be_evaluated()
    {
        using var policy = CancelledAfter(steps: 250);
        var ml = new MLContext(1);
        var cartPole = ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count: 2);

        Assert.That(ml.ReinforcementLearning.Evaluate(policy, cartPole, episodes: 3).Episodes, Has.Count.EqualTo(3));
    }

    [Test]
    public void A_training_that_is_cancelled_before_it_begins_returns_the_initial_policy()
    {
        var listener = new Listener();
        var steps = 0;
        using var policy = Fit(Small with { Cancellation = new CancellationToken(canceled: true), Progress = listener }, () => steps++);

        Assert.That(steps, Is.Zero);
        Assert.That(listener.Iterations, Is.Empty);
        Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo("0"));
    }

    [Test]
    public void The_log_states_the_progress_of_a_cancelled_training()
    {
        var messages = new List<string>();
        using var folder = new TemporaryFolder();
        using var policy = CancelledAfter(250, messages.Add, folder.FullName);
        var checkpoint = Directory.GetFiles(folder.FullName, "*.checkpoint").Order(StringComparer.Ordinal).Last();

        Assert.That(messages, Has.Some.Contains("cancelled after 200 of 1,000 steps").And.Some.Contains(checkpoint));
    }

    [Test]
    public void A_step_that_fails_after_the_cancellation_does_not_cost_the_policy([Values(1, 2)] int threads, [Values] bool isReset)
    {
        var warnings = new List<string>();
        using var folder = new TemporaryFolder();
        using var failed = FailedAfter(steps: 350, new TimeoutException("The robot does not answer."), isReset, threads, warnings, folder.FullName);

        // The first reset comes when an episode of either environment has ended, whenever that is.
        var steps = int.Parse(failed.Metadata.Provenance["steps"], CultureInfo.InvariantCulture);
        using var whole = CancelledAfter(steps);
        Assert.That(steps, isReset ? Is.InRange(300, 900) : Is.EqualTo(300));
        Assert.That(failed.Onnx.ToArray(), Is.EqualTo(whole.Onnx.ToArray()));
        Assert.That(warnings, Has.One.Contains(FormattableString.Invariant($"cancelled after {steps:N0} of 1,000 steps")));
        Assert.That(warnings, isReset
            ? Has.One.Matches<string>(warning => Regex.IsMatch(warning!, @"failed in Reset, at step 0 of its episode: The (robot does not answer|request timed out)\."))
            : Has.One.Matches<string>(warning => Regex.IsMatch(warning!, @"\(index 0 of 2\) failed in Step, at step \d+ of its episode: The robot does not answer\.")));
    }

    [TestCase(1)]
    [TestCase(2)]
    public void A_baseline_that_observes_the_token_leaves_the_policy_of_the_last_update(int threads)
    {
        using var cancellation = new CancellationTokenSource();
        var fits = 0;
        using var cancelled = Fit(Small with
        {
            Threads = threads,
            Cancellation = cancellation.Token,
            Baseline = _ => new ActingBaseline(() =>
            {
                if (++fits < 3)
                    return;
                cancellation.Cancel();
                cancellation.Token.ThrowIfCancellationRequested();
            }),
        }, () => { });
        using var expected = Fit(Small with { TotalSteps = 200, Baseline = _ => new ActingBaseline(() => { }) }, () => { });

        Assert.That(cancelled.Metadata.Provenance["steps"], Is.EqualTo("200"));
        Assert.That(cancelled.Onnx.ToArray(), Is.EqualTo(expected.Onnx.ToArray()));
    }

    [Test]
    public void An_environment_that_observes_the_token_is_no_failure()
    {
        var warnings = new List<string>();
        using var cancellation = new CancellationTokenSource();
        var steps = 0;
        using var policy = Fit(
            Small with { Cancellation = cancellation.Token },
            () =>
            {
                if (++steps == 350)
                    cancellation.Cancel();
                cancellation.Token.ThrowIfCancellationRequested();
            },
            warnings.Add);

        Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo("300"));
        Assert.That(warnings, Has.Some.Contains("cancelled after 300 of 1,000 steps").And.None.Contains("failed"));
    }

    // The timeout looks like a cancellation, but its token is another one.
    [Test]
    public void A_timeout_before_the_cancellation_is_a_failure()
    {
        using var cancellation = new CancellationTokenSource();
        var steps = 0;
        Assert.That(
            () => Fit(Small with { Cancellation = cancellation.Token }, () =>
            {
                if (++steps == 350)
                    throw new TaskCanceledException("The request timed out.");
            }),
            Throws.TypeOf<EnvironmentException>().With.InnerException.TypeOf<TaskCanceledException>());
    }

    [Test]
    public void A_constructor_that_observes_the_token_cancels_the_training()
    {
        using var cancellation = new CancellationTokenSource();
        var ml = new MLContext(1);
        var created = 0;
        var view = ml.ReinforcementLearning.LoadFromEnvironment(
            () =>
            {
                if (++created == 3)
                    cancellation.Cancel();
                cancellation.Token.ThrowIfCancellationRequested();
                return new CartPole();
            },
            count: 4);
        var exception = Assert.Throws<OperationCanceledException>(() => ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Cancellation = cancellation.Token }).Fit(view))!;

        Assert.That(exception.CancellationToken, Is.EqualTo(cancellation.Token));
        Assert.That(exception.InnerException, Is.TypeOf<EnvironmentException>().With.Message.Contains("(index 1 of 4)"));
    }

    [Test]
    public void A_state_that_cannot_be_saved_after_the_cancellation_does_not_cost_the_policy()
    {
        var warnings = new List<string>();
        using var folder = new TemporaryFolder();
        using var cancellation = new CancellationTokenSource();
        var ml = new MLContext(1);
        ml.Log += (_, message) => warnings.Add(message.Message);
        var steps = 0;
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new FragileEnvironment
        {
            Stepping = _ =>
            {
                if (++steps == 350)
                    cancellation.Cancel();
            },
            Saving = () =>
            {
                if (cancellation.IsCancellationRequested)
                    throw new TimeoutException("The robot does not answer.");
            },
        }, count: 2);
        using var policy = ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Cancellation = cancellation.Token, Checkpoints = new() { Folder = folder.FullName } }).Fit(view);

        Assert.That(policy.Metadata.Provenance["steps"], Is.EqualTo("300"));
        Assert.That(warnings, Has.Some.Contains("failed in SaveState").And.Some.Contains("The robot does not answer."));
    }

    // The second environment fails too, later or earlier, with an exception that looks like a cancellation.
    private static PolicyTransformer FailedAfter(int steps, Exception exception, bool isReset, int threads, List<string> warnings, string folder)
    {
        using var cancellation = new CancellationTokenSource();
        var ml = new MLContext(1);
        ml.Log += (_, log) =>
        {
            if (log.Kind == ChannelMessageKind.Warning)
                warnings.Add(log.RawMessage);
        };
        var index = -1;
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => Create(index++), count: 2, threads: threads);
        return ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Cancellation = cancellation.Token, Checkpoints = new() { Folder = folder } }).Fit(view);

        IEnvironment Create(int environment)
        {
            var (count, inner) = (0, new CartPole());
            void Act(bool resets)
            {
                count += resets ? 0 : 1;
                if (count < steps / 2 || resets != isReset)
                    return;
                cancellation.Cancel();
                throw environment == 0 ? exception : new TaskCanceledException("The request timed out.");
            }

            return new Interrupted(inner, Act);
        }
    }

    private sealed class Interrupted(IEnvironment inner, Action<bool> before) : IEnvironment
    {
        public string Name => inner.Name;

        public ObservationSpace ObservationSpace => inner.ObservationSpace;

        public ActionSpace ActionSpace => inner.ActionSpace;

        public int? MaxEpisodeSteps => inner.MaxEpisodeSteps;

        public void Reset(int? seed, Span<float> observation)
        {
            before(true);
            inner.Reset(seed, observation);
        }

        public StepResult Step(EnvironmentAction action, Span<float> observation)
        {
            before(false);
            return inner.Step(action, observation);
        }
    }

    private sealed class ActingBaseline(Action fit) : IValueFunction
    {
        public void Predict(ReadOnlySpan<float> observations, Span<double> values) => values.Clear();

        public double Fit(ReadOnlySpan<float> observations, ReadOnlySpan<double> targets)
        {
            fit();
            return 0;
        }
    }

    private static PolicyTransformer CancelledAfter(int steps, Action<string>? log = null, string? folder = null)
    {
        using var cancellation = new CancellationTokenSource();
        return Fit(Small with { Cancellation = cancellation.Token, Checkpoints = folder is null ? null : new() { Folder = folder } }, () =>
        {
            if (--steps == 0)
                cancellation.Cancel();
        }, log);
    }

    private static PolicyTransformer Fit(TrpoOptions options, Action beforeStep, Action<string>? log = null)
    {
        var ml = new MLContext(1);
        ml.Log += (_, message) => log?.Invoke(message.Message);
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), beforeStep), count: 2);
        return ml.ReinforcementLearning.Trainers.Trpo(view, options).Fit(view);
    }
}
