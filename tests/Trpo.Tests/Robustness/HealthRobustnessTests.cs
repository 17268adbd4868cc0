using Trpo.Estimators;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Robustness;

/// <summary>Tests that a converged policy does not count as diverged.</summary>
public sealed class HealthRobustnessTests
{
    [TestCase(1, TestName = "A solved task of one step is trained to the end")]
    [TestCase(20, TestName = "A solved task of short episodes is trained to the end")]
    [TestCase(1_000, TestName = "A solved task of long episodes is trained to the end")]
    public void A_solved_task_is_trained_to_the_end(int length)
    {
        // Once every action is the best one, no update improves the policy, and none is accepted; that must not end training.
        var options = new TrpoOptions { TotalSteps = 60_000, HiddenLayers = [16], Seed = 1 };
        var training = new ResumedTraining(() => new EasyTask(ActionSpace.Discrete(2), length, isQuiet: true), options, count: 1);

        Assert.That(() => training.Whole().Iterations[^1].MeanReturn, Is.GreaterThan(0.95 * length));
    }

    [Test]
    public void A_policy_that_was_perfect_before_its_twentieth_episode_has_not_collapsed()
    {
        // The first returns are already those of a converged policy.
        var options = new TrpoOptions { TotalSteps = 160_000, StepsPerIteration = 1_000, HiddenLayers = [8], Seed = 1, Health = new() { MaxRejectedUpdates = null } };
        var training = new ResumedTraining(() => new EasyTask(ActionSpace.Discrete(2), length: 3_000, isQuiet: true), options, count: 1);

        Assert.That(() => training.Whole().Iterations[^1].MeanReturn, Throws.Nothing);
    }
}
