using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Graph.Format;
using Trpo.Runtime;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Runtime;

/// <summary>Tests of the policy that runs in managed code: what callers see of it.</summary>
public sealed class PolicyTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, LiteralPolicies.Controls, LiteralPolicies.Switches, Support.Policies.Vectors];

    [Test]
    public void Known_probabilities_come_out()
    {
        var policy = Policy.Open(LiteralPolicies.ControlPolicy(LiteralPolicies.Controls));
        var (action, score) = (new float[2], new float[5]);
        for (var row = 0; row < LiteralPolicies.Observations.Length; row++)
        {
            policy.Evaluate(LiteralPolicies.Observations[row], action, score);
            Assert.That(action, Is.EqualTo(LiteralPolicies.ControlActions[row]));
            Assert.That(score, Is.EqualTo(LiteralPolicies.ControlScores[row]).Within(1e-6f));
        }
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_row_alone_gives_what_it_gives_among_others(ActionSpace space)
    {
        var policy = Policy.Open(Support.Policies.Onnx(space));
        var observations = Support.Policies.Observations(1_000);
        var (actions, scores) = (new float[1_000 * space.Length], new float[1_000 * space.ScoreLength]);
        policy.Evaluate([.. observations.SelectMany(observation => observation)], actions, scores);

        Parallel.For(0, 1_000, row =>
        {
            var (action, score) = (new float[space.Length], new float[space.ScoreLength]);
            policy.Evaluate(observations[row], action, score);
            Assert.That(action, Is.EqualTo(actions.Skip(row * action.Length).Take(action.Length)));
            Assert.That(score, Is.EqualTo(scores.Skip(row * score.Length).Take(score.Length)));
            if (space is DiscreteActionSpace)
                Assert.That(policy.Act(observations[row]), Is.EqualTo((int)action[0]));
        });
    }

    [TestCaseSource(nameof(Spaces))]
    public void A_row_with_a_nan_gives_a_missing_action_as_a_session_does(ActionSpace space)
    {
        var onnx = Support.Policies.Onnx(space);
        var policy = Policy.Open(onnx);
        using var session = PolicySession.Open(onnx);
        using var batch = session.CreateBatch(1);
        foreach (var special in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
        {
            for (var slot = 0; slot < 4; slot++)
            {
                float[] observation = [0.1f, -0.2f, 0.3f, 0.4f];
                observation[slot] = special;
                observation.CopyTo(batch.Observation(0));
                batch.Run(1);
                var (action, score) = (new float[space.Length], new float[space.ScoreLength]);
                policy.Evaluate(observation, action, score);

                Assert.That(score, Is.EqualTo(batch.Score(0).ToArray()));
                Assert.That(action, Is.EqualTo(batch.IsDiscrete ? [batch.Choice(0)] : batch.Action(0).ToArray()));
                if (float.IsNaN(special))
                    Assert.That(action, Is.All.EqualTo(space is DiscreteActionSpace ? -1 : float.NaN));
            }
        }
    }

    [TestCaseSource(nameof(Spaces))]
    public void Acting_allocates_nothing(ActionSpace space)
    {
        var policy = Policy.Open(Support.Policies.Onnx(space));
        var (observations, actions, scores, random) = (new float[40], new float[10 * space.Length], new float[10 * space.ScoreLength], new RandomSource(1));
        void Act()
        {
            if (space is DiscreteActionSpace)
                policy.Act(observations.AsSpan(0, 4));
            policy.Act(observations, actions);
            policy.Evaluate(observations, actions, scores);
            policy.Sample(observations.AsSpan(0, 4), random, actions.AsSpan(0, space.Length));
        }

        Act();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1_000; i++)
            Act();

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void A_policy_whose_rows_are_long_allocates_nothing()
    {
        var policy = Policy.Open(Support.Policies.Onnx(Support.Policies.Choices, observationLength: 5_000));
        var observation = new float[5_000];
        policy.Act(observation);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
            policy.Act(observation);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void Drawn_actions_have_the_probabilities_of_the_score()
    {
        var policy = Policy.Open(LiteralPolicies.ControlPolicy(LiteralPolicies.Controls));
        var (random, action, counts) = (new RandomSource(5), new float[2], new double[5]);
        for (var i = 0; i < 20_000; i++)
        {
            policy.Sample(LiteralPolicies.Observations[1], random, action);
            counts[(int)action[0]]++;
            counts[3 + (int)action[1]]++;
        }

        Assert.That(counts.Select(count => count / 20_000), Is.EqualTo(LiteralPolicies.ControlScores[1]).Within(0.015));
    }

    [Test]
    public void Drawn_actions_of_a_box_are_within_its_bounds_and_missing_for_a_nan()
    {
        var policy = Policy.Open(Support.Policies.Onnx(Support.Policies.Vectors));
        var (random, action) = (new RandomSource(5), new float[2]);
        var drawn = Enumerable.Range(0, 100).Select(_ =>
        {
            policy.Sample([0.1f, 0.2f, 0.3f, 0.4f], random, action);
            return (Force: action[0], Angle: action[1]);
        }).ToList();

        Assert.That(drawn.Select(pair => pair.Force), Is.All.InRange(-0.25f, 0.25f).And.Some.EqualTo(0.25f).And.Some.EqualTo(-0.25f));
        Assert.That(drawn.Select(pair => pair.Angle).Distinct().Count(), Is.EqualTo(100));
        policy.Sample([0.1f, float.NaN, 0.3f, 0.4f], random, action);
        Assert.That(action, Is.All.NaN);
    }

    [Test]
    public void Wrong_lengths_are_refused_by_name()
    {
        var choices = Policy.Open(Support.Policies.Onnx(Support.Policies.Choices));
        var vectors = Policy.Open(Support.Policies.Onnx(Support.Policies.Vectors));

        foreach (var length in new[] { 0, 3, 5, 8 })
            Assert.That(() => choices.Act(new float[length]), Throws.ArgumentException.With.Message.Contains($"{length} values").And.Message.Contains("has 4"));
        Assert.That(() => choices.Act(new float[9], new float[2]), Throws.ArgumentException.With.Message.Contains("9 values"));
        Assert.That(() => choices.Act(new float[8], new float[3]), Throws.ArgumentException.With.Message.Contains("room for 3 values instead of 1 for each of 2"));
        Assert.That(() => choices.Evaluate(new float[8], new float[2], new float[5]), Throws.ArgumentException.With.Message.Contains("room for 5 values instead of 3 for each of 2"));
        Assert.That(() => vectors.Act(new float[4]), Throws.InvalidOperationException.With.Message.Contains("Box(2)"));
        Assert.That(() => choices.Evaluate(new float[4], new float[1], new float[3], new float[1]), Throws.InvalidOperationException.With.Message.Contains("log_standard_deviation"));
        Assert.That(() => choices.Act([], []), Throws.Nothing, "no rows");
    }

    [Test]
    public void What_is_no_policy_is_refused()
    {
        var onnx = Support.Policies.Onnx(Support.Policies.Choices);
        var newer = ModelProto.Parser.ParseFrom(onnx);
        newer.MetadataProps.Single(pair => pair.Key == "trpo.version").Value = "2";
        byte[] damaged = [.. onnx];
        damaged[onnx.Length / 2] ^= 1;

        Assert.That(() => Policy.Open([]), Refused("trpo.version"));
        Assert.That(() => Policy.Open("PK\x03\x04 and more"u8.ToArray()), Refused("zip archive"));
        Assert.That(() => Policy.Open(onnx[..^10]), Refused(""));
        Assert.That(() => Policy.Open(damaged), Refused(""));
        Assert.That(() => Policy.Open(SealedModel.Seal(newer)), Refused("newer version"));
        Assert.That(() => Policy.TryOpen(damaged, out _), Refused(""));
        Assert.That(() => Policy.Open(Path.Combine(Path.GetTempPath(), "there-is-no-such.onnx")), Throws.TypeOf<FileNotFoundException>());
    }

    private static NUnit.Framework.Constraints.ContainsConstraint Refused(string message) => Throws.TypeOf<InvalidDataException>().With.Message.Contains("Could not open a policy from the model").And.Message.Contains(message);
}
