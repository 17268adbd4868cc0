using Trpo.Estimators.Policies;
using Trpo.Estimators.Shards;
using Trpo.Estimators.Trajectories;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Shards;

/// <summary>The check of the rows of a restored rollout.</summary>
public sealed class RestoredRowsTests
{
    private static readonly ActionSpace Actions = ActionSpace.Discrete(2);

    [TestCase(2f, -0.5, 1.0, "is 2;")]
    [TestCase(-1f, -0.5, 1.0, "is -1;")]
    [TestCase(0.5f, -0.5, 1.0, "is 0.5;")]
    [TestCase(float.NaN, -0.5, 1.0, "is NaN;")]
    [TestCase(1f, 0.5, 1.0, "is 0.5.")]
    [TestCase(1f, -1e300, 1.0, "is -1E+300.")]
    [TestCase(1f, -0.5, 1e300, "from 1 to 1E+300")]
    public void A_row_that_no_training_collects_is_refused(float action, double logProbability, double reward, string expected)
    {
        var rollout = Rollout(action, logProbability, reward);

        Assert.That(() => new RestoredRows(Actions, mask: null, maxRewardRange: 1e150).Check(rollout), Throws.TypeOf<InvalidDataException>().With.Message.Contains(expected));
    }

    [TestCase(0f)]
    [TestCase(1f)]
    public void Choices_that_there_are_pass(float action) =>
        Assert.That(() => new RestoredRows(Actions, mask: null, maxRewardRange: 1e150).Check(Rollout(action, -0.5, -1)), Throws.Nothing);

    [Test]
    public void An_action_that_the_mask_forbids_is_refused()
    {
        var rows = new RestoredRows(Actions, new ActionMask(Actions, observationLength: 2), maxRewardRange: 1e150);

        Assert.That(() => rows.Check(Rollout(1, -0.5, 1, mask: [0, 1])), Throws.Nothing);
        Assert.That(() => rows.Check(Rollout(1, -0.5, 1, mask: [1, 0])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("forbids"));
        Assert.That(() => rows.Check(Rollout(1, -0.5, 1, mask: [0, 7])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("shows the policy 7"));
    }

    [Test]
    public void A_mask_over_several_dimensions_is_read_at_the_dimension_of_the_action()
    {
        var mask = new ActionMask(ActionSpace.MultiDiscrete([2, 3]), observationLength: 5);

        Assert.That(mask.Allows([0, 1, 0, 0, 1], [1, 2]), Is.True);
        Assert.That(mask.Allows([0, 1, 0, 0, 1], [1, 1]), Is.False);
        Assert.That(mask.Allows([0, 1, 0, 0, 1], [0, 2]), Is.False);
    }

    [Test]
    public void Rows_that_are_not_collected_yet_may_hold_anything()
    {
        var rollout = Rollout(1, -0.5, 1);
        rollout.Clear(steps: 3);
        rollout.Action(0)[0] = 9;

        Assert.That(() => new RestoredRows(Actions, mask: null, maxRewardRange: 1e150).Check(rollout), Throws.Nothing);
    }

    [Test]
    public void Rows_to_bootstrap_are_those_that_the_flags_ask_for()
    {
        Assert.That(() => Restored(rollout => rollout.AddBootstrap(1, [0, 0])), Throws.Nothing);
        Assert.That(() => Restored(_ => { }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("0 rows to bootstrap").And.Message.Contains("ask for 1"));
        Assert.That(() => Restored(rollout => rollout.AddBootstrap(0, [0, 0])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("0 is among the rows to bootstrap"));
        Assert.That(() => Restored(rollout => rollout.AddBootstrap(1, [0, float.NaN])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("NaN"));
        Assert.That(() => Restored(rollout => { rollout.AddBootstrap(1, [0, 0]); rollout.AddBootstrap(1, [0, 0]); }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("each once"));
    }

    private static void Restored(Action<Rollout> change)
    {
        var rollout = Rollout(1, -0.5, 1);
        change(rollout);
        var state = new MemoryStream();
        rollout.SaveState(new BinaryWriter(state));
        state.Position = 0;
        new Rollout(1, 2, 2, 1).RestoreState(new BinaryReader(state));
    }

    // Two steps of one environment: the first a good one, the second as given.
    private static Rollout Rollout(float action, double logProbability, double reward, float[]? mask = null)
    {
        var rollout = new Rollout(environments: 1, capacity: 2, observationLength: 2, actionLength: 1);
        rollout.Clear(steps: 2);
        for (var row = 0; row < 2; row++)
        {
            (mask ?? [0, 1]).CopyTo(rollout.Observation(row));
            rollout.Action(row)[0] = row == 0 && mask is null ? 0 : action;
            rollout.SetLogProbability(row, row == 0 ? -0.5 : logProbability);
            rollout.SetResult(row, row == 0 ? 1 : reward, terminated: false, truncated: false, cutOff: false);
            rollout.CompleteStep();
        }

        return rollout;
    }
}
