using Trpo.Estimators.Environments;
using Trpo.Results.Environments;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Results;

public sealed class PointMassTests
{
    [Test]
    public void Rewards_do_not_depend_on_the_bounds([Values] bool isFar)
    {
        var goal = isFar ? PointMassGoal.Far : PointMassGoal.Origin;
        var unit = Rewards(new PointMass(2, -1, 1, goal), 0.75);

        Assert.That(Rewards(new PointMass(2, 0, 200, goal), 0.75), Is.EqualTo(unit).Within(1e-4));
        Assert.That(Rewards(new PointMass(2, -1e-3f, 1e-3f, goal), 0.75), Is.EqualTo(unit).Within(1e-4));
        Assert.That(Rewards(new PointMass(2, -3, 40, goal), 0.75), Is.EqualTo(unit).Within(1e-4));
    }

    [Test]
    public void A_mass_that_is_not_pushed_rests_where_it_began()
    {
        var environment = new PointMass(1, 0, 20, PointMassGoal.Origin);
        var (first, last) = (new float[2], new float[2]);
        environment.Reset(3, first);
        var rewards = Enumerable.Range(0, 50).Select(_ => environment.Step(new EnvironmentAction([10]), last).Reward).ToList();

        Assert.That(last, Is.EqualTo(first));
        Assert.That(rewards, Is.All.EqualTo(-first[0] * first[0]).Within(1e-6));
    }

    [Test]
    public void The_first_step_follows_the_equations_and_the_fiftieth_ends_the_episode()
    {
        var environment = new PointMass(1, -1, 1, PointMassGoal.Origin);
        var (before, after) = (new float[2], new float[2]);
        environment.Reset(7, before);
        var result = environment.Step(new EnvironmentAction([0.5f]), after);

        Assert.That(after[1], Is.EqualTo(0.95 * 0.2 * 0.5).Within(1e-6));
        Assert.That(after[0], Is.EqualTo(before[0] + (0.2 * 0.095)).Within(1e-6));
        Assert.That(result.Reward, Is.EqualTo(-(after[0] * after[0]) - (0.01 * 0.25)).Within(1e-6));
        for (var step = 2; step <= 50; step++)
        {
            Assert.That(result.Ended, Is.False);
            result = environment.Step(new EnvironmentAction([0]), after);
        }

        Assert.That((result.Truncated, result.Terminated), Is.EqualTo((true, false)));
    }

    [Test]
    public void The_high_bound_takes_a_mass_farthest()
    {
        var full = Rewards(new PointMass(50, 0, 20, PointMassGoal.Far), 1).Sum();

        Assert.That(full, Is.EqualTo(500).Within(12), "500.2 and fifty times the mean of fifty initial positions");
        Assert.That(Rewards(new PointMass(50, 0, 20, PointMassGoal.Far), 0.95).Sum(), Is.LessThan(full - 40));
    }

    [Test]
    public void A_seed_repeats_the_initial_state_and_two_seeds_differ()
    {
        var (first, second, third) = (new float[4], new float[4], new float[4]);
        new PointMass(2, -1, 1, PointMassGoal.Origin).Reset(1, first);
        new PointMass(2, 0, 5, PointMassGoal.Far).Reset(1, second);
        new PointMass(2, -1, 1, PointMassGoal.Origin).Reset(2, third);

        Assert.That(second, Is.EqualTo(first));
        Assert.That(third, Is.Not.EqualTo(first));
        Assert.That(first[..2], Is.All.InRange(-1, 1));
        Assert.That(first[2..], Is.All.Zero, "at rest");
    }

    // Pushes a share of the way between the bounds.
    private static double[] Rewards(PointMass environment, double share)
    {
        var space = (BoxActionSpace)environment.ActionSpace;
        var observation = new float[2 * space.Length];
        float[] action = [.. Enumerable.Range(0, space.Length).Select(i => (float)(space.Low[i] + (share * 2 * space.HalfWidth(i))))];
        environment.Reset(5, observation);
        return [.. Enumerable.Range(0, 50).Select(_ => environment.Step(new EnvironmentAction(action), observation).Reward)];
    }
}
