using Trpo.Estimators.Environments.Checking;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Environments.Checking;

/// <summary>Tests of the warning about bounds that a new policy does not explore.</summary>
public sealed class ActionScaleTests
{
    [Test]
    public void Fifty_dimensions_give_one_warning_that_names_three()
    {
        var space = ActionSpace.Box(Enumerable.Repeat(-1e-6f, 50).ToArray(), Enumerable.Repeat(1e20f, 50).ToArray());

        Assert.That(ActionScale.Warning(space, "Arm", standardDeviation: 1, rescales: false), Is.EqualTo(
            "Of the actions of environment 'Arm', '0' has the bounds [-1E-06, 1E+20], '1' has the bounds [-1E-06, 1E+20], '2' has the bounds [-1E-06, 1E+20], and so it is with 47 more of 50 dimensions. " +
            "A policy explores around 0 with a standard deviation of 1: give actions bounds of about [-1, 1], and scale them in Step."));
    }

    [Test]
    public void Dimensions_that_are_explored_are_not_named() =>
        Assert.That(ActionScale.Warning(ActionSpace.Box([-1, 0, -1], [1, 1, float.PositiveInfinity], "a", "b", "c"), "Arm", 1, rescales: false), Does.Contain("'b' has the bounds [0, 1]. A policy").And.Not.Contains("'a'").And.Not.Contains("'c'"));

    [Test]
    public void Common_bounds_and_choices_give_no_warning()
    {
        Assert.That(ActionScale.Warning(ActionSpace.Box([-1, -2], [1, 2]), "Arm", 1, rescales: false), Is.Null);
        Assert.That(ActionScale.Warning(ActionSpace.Discrete(3), "Arm", 1, rescales: false), Is.Null);
    }

    [Test]
    public void With_rescaled_actions_only_those_without_a_bound_or_between_close_large_numbers_are_named()
    {
        var space = ActionSpace.Box([0, -1e-9f, 5, 1e9f, float.NegativeInfinity, 0], [200, 1e-9f, 6, 1e9f + 128, float.PositiveInfinity, float.PositiveInfinity], "wide", "narrow", "far", "close", "free", "positive");

        Assert.That(ActionScale.Warning(space, "Arm", 1, rescales: true), Does.Contain("'close' has the bounds [1E+09, 1E+09], 'positive' has the bounds [0, Infinity]. A policy").And.Not.Contains("'wide'").And.Not.Contains("'narrow'").And.Not.Contains("'far'").And.Not.Contains("'free'"));
    }
}
