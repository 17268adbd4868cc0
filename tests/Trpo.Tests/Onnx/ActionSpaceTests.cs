using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Onnx;

public sealed class ActionSpaceTests
{
    [Test]
    public void A_multi_discrete_space_names_its_dimensions_and_scores_every_choice()
    {
        var space = ActionSpace.MultiDiscrete([3, 2], "gear", "pedal");

        Assert.Multiple(() =>
        {
            Assert.That(space.Length, Is.EqualTo(2));
            Assert.That(space.Counts, Is.EqualTo(new[] { 3, 2 }));
            Assert.That(space.Names, Is.EqualTo(new[] { "gear", "pedal" }));
            Assert.That(space.ScoreLength, Is.EqualTo(5));
            Assert.That(space.ScoreNames, Is.EqualTo(new[] { "gear.0", "gear.1", "gear.2", "pedal.0", "pedal.1" }));
            Assert.That(space.ToString(), Is.EqualTo("MultiDiscrete(3, 2)"));
            Assert.That(ActionSpace.MultiDiscrete([1, 2]).ScoreNames, Is.EqualTo(new[] { "0.0", "1.0", "1.1" }));
        });
    }

    [Test]
    public void A_multi_binary_space_has_a_switch_per_name()
    {
        var space = ActionSpace.MultiBinary("light", "heater");

        Assert.Multiple(() =>
        {
            Assert.That(space.Length, Is.EqualTo(2));
            Assert.That(space.Names, Is.EqualTo(new[] { "light", "heater" }));
            Assert.That(space.ScoreNames, Is.EqualTo(space.Names));
            Assert.That(ActionSpace.MultiBinary(4).Names, Is.EqualTo(new[] { "0", "1", "2", "3" }));
            Assert.That(ActionSpace.MultiBinary(4).ToString(), Is.EqualTo("MultiBinary(4)"));
        });
    }

    [Test]
    public void The_scores_of_the_other_spaces_have_the_names_of_the_space()
    {
        Assert.That(Support.Policies.Choices.ScoreNames, Is.EqualTo(new[] { "left", "stay", "right" }));
        Assert.That(Support.Policies.Choices.Length, Is.EqualTo(1));
        Assert.That(Support.Policies.Vectors.ScoreNames, Is.EqualTo(new[] { "force", "angle" }));
        Assert.That(Support.Policies.Vectors.Length, Is.EqualTo(2));
    }

    [Test]
    public void Invalid_multi_discrete_spaces_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => ActionSpace.MultiDiscrete([]), Throws.ArgumentException.With.Message.Contains("at least one dimension"));
            Assert.That(() => ActionSpace.MultiDiscrete([2, 0]), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Dimension 1 has 0 choices"));
            Assert.That(() => ActionSpace.MultiDiscrete([-1]), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => ActionSpace.MultiDiscrete([int.MaxValue, int.MaxValue]), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("16777216"));
            Assert.That(() => ActionSpace.MultiDiscrete([2, 2], "gear"), Throws.ArgumentException.With.Message.Contains("1 names for 2 dimensions"));
            Assert.That(() => ActionSpace.MultiDiscrete([2, 2], "gear", "gear"), Throws.ArgumentException.With.Message.Contains("'gear' occurs twice"));
            Assert.That(() => ActionSpace.MultiDiscrete([2], ""), Throws.ArgumentException.With.Message.Contains("empty"));
        });
    }

    [Test]
    public void Invalid_multi_binary_spaces_are_refused()
    {
        Assert.Multiple(() =>
        {
            Assert.That(() => ActionSpace.MultiBinary(0), Throws.TypeOf<ArgumentOutOfRangeException>());
            Assert.That(() => ActionSpace.MultiBinary(), Throws.ArgumentException.With.Message.Contains("at least one name"));
            Assert.That(() => ActionSpace.MultiBinary("light", "light"), Throws.ArgumentException.With.Message.Contains("'light' occurs twice"));
            Assert.That(() => ActionSpace.MultiBinary("light", ""), Throws.ArgumentException.With.Message.Contains("empty"));
        });
    }
}
