using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
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
