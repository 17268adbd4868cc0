using Trpo.Estimators.Environments.Checking;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Environments.Checking;

/// <summary>Tests of the search for values of an observation that never change although they can.</summary>
public sealed class DormantValuesTests
{
    private static readonly ObservationSpace Free = ObservationSpace.Unbounded(3, "position", "time", "key");

    [Test]
    public void A_value_that_is_always_0_is_found() => Assert.That(Describe(Free, ActionSpace.Discrete(4), [1, 2, 0], [2, 2, 0]), Is.EqualTo("value 2 ('key') is always 0"));

    [Test]
    public void Another_constant_is_a_bias() => Assert.That(Describe(Free, ActionSpace.Discrete(4), [1, 2, 1], [2, 3, 1]), Is.Null);

    [Test]
    public void A_mask_is_not_reported()
    {
        Assert.That(Describe(Free, ActionSpace.Discrete(2), [1, 1, 0], [2, 1, 0]), Is.Null);
        Assert.That(Describe(Free, ActionSpace.Discrete(2), [1, 3, 0], [2, 4, 0]), Is.Not.Null, "the second value is none of a mask");
    }

    [Test]
    public void An_observation_that_never_changes_at_all_is_not_reported() => Assert.That(Describe(Free, ActionSpace.Discrete(4), [0, 0, 0], [0, 0, 0]), Is.Null);

    [Test]
    public void Of_many_values_three_are_named()
    {
        var observations = new[] { new float[50], new float[50] };
        observations[1][0] = 1;

        Assert.That(Describe(ObservationSpace.Unbounded(50), ActionSpace.Discrete(4), observations), Is.EqualTo("value 1 is always 0, value 2 is always 0, value 3 is always 0, and 46 more of 50 are constant"));
    }

    private static string? Describe(ObservationSpace space, ActionSpace actions, params float[][] observations)
    {
        var values = new DormantValues(new EnvironmentKind("Any", space, actions, null));
        foreach (var observation in observations)
            values.Add(observation);
        return values.Describe();
    }
}
