using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Tests.Support;

namespace Trpo.Tests.Robustness;

/// <summary>Tests of the policy of a cancelled training.</summary>
public sealed class CancellationRobustnessTests
{
    private static readonly TrpoOptions Small = new() { TotalSteps = 1_000, StepsPerIteration = 100, HiddenLayers = [4], Seed = 3 };

    [TestCase(false)]
    [TestCase(true)]
    public void A_cancelled_training_returns_the_policy_of_the_last_update(bool normalizes)
    {
        using var folder = new TemporaryFolder();
        var options = Small with { NormalizeObservations = normalizes };
        var three = new ResumedTraining(() => new CartPole(), options with { TotalSteps = 300 }, count: 2).Whole();
        var cancelled = new ResumedTraining(() => new CartPole(), options, count: 2).Piece(folder.FullName, cancelAfter: 350);

        Assert.That(cancelled.Iterations, Has.Count.EqualTo(3));
        Assert.That(cancelled.Onnx, Is.EqualTo(three.Onnx));
    }

    [Test]
    public void An_environment_that_throws_for_the_same_token_does_not_cost_the_policy()
    {
        using var cancellation = new CancellationTokenSource();
        var ml = new MLContext(1);
        var steps = 0;
        var view = ml.ReinforcementLearning.LoadFromEnvironment(() => new StepCounter(new CartPole(), () =>
        {
            if (++steps == 350)
                cancellation.Cancel();
            cancellation.Token.ThrowIfCancellationRequested();
        }), count: 1, rows: 10);

        Assert.That(() => ml.ReinforcementLearning.Trainers.Trpo(view, Small with { Cancellation = cancellation.Token }).Fit(view).Dispose(), Throws.Nothing);
    }
}
