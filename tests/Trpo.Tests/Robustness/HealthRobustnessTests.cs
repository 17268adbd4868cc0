using Trpo.Estimators;
using Trpo.Onnx.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Robustness;

/// <summary>Who has learned all that there is to learn is not ill.</summary>
public sealed class HealthRobustnessTests
{
    [TestCase(1, TestName = "A solved task of one step is trained to the end")]
    [TestCase(20, TestName = "A solved task of short episodes is trained to the end")]
    [TestCase(1_000, TestName = "A solved task of long episodes is trained to the end")]
    public void A_solved_task_is_trained_to_the_end(int length)
    {
        // Once every action is the best one, no update can improve anything, and none is accepted: with the defaults of health, training threw away the perfect policy for that.
        var options = new TrpoOptions { TotalSteps = 60_000, HiddenLayers = [16], Seed = 1 };
        var training = new ResumedTraining(() => new EasyTask(ActionSpace.Discrete(2), length, isQuiet: true), options, count: 1);

        Assert.That(() => training.Whole().Iterations[^1].MeanReturn, Is.GreaterThan(0.95 * length));
    }

    [Test]
    public void Who_was_perfect_before_the_twentieth_episode_ended_has_not_collapsed()
    {
        // The returns that later ones are compared with are those of a policy that has learned already.
        var options = new TrpoOptions { TotalSteps = 160_000, StepsPerIteration = 1_000, HiddenLayers = [8], Seed = 1, Health = new() { MaxRejectedUpdates = null } };
        var training = new ResumedTraining(() => new EasyTask(ActionSpace.Discrete(2), length: 3_000, isQuiet: true), options, count: 1);

        Assert.That(() => training.Whole().Iterations[^1].MeanReturn, Throws.Nothing);
    }
}
