using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Onnx;
using Trpo.Runtime;
using Trpo.Runtime.Randomness;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Logs;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Draws of actions with a share of the uniform distribution.</summary>
public sealed class ExplorationFloorTests
{
    private const int Rows = 20_000;

    private static readonly ActionSpace[] Masked = MaskedRows.Spaces;

    private readonly MLContext _ml = new(seed: 1);

    [TestCaseSource(nameof(Masked))]
    public void Recorded_probability_is_that_of_the_mixture_over_the_eligible_choices(ActionSpace space)
    {
        const double Floor = 0.3;
        var observations = MaskedRows.Observations(space, Rows);
        using var session = PolicySession.Open(MaskedRows.Onnx(space));
        using var batch = Run(session, observations, ActionSelection.Sample(seed: 1, Floor));

        for (var row = 0; row < Rows; row++)
        {
            var (mask, score) = (MaskedRows.Mask(space, observations, row).ToArray(), batch.Score(row).ToArray());
            float[] action = batch.IsDiscrete ? [batch.Choice(row)] : batch.Action(row).ToArray();
            var (probability, start) = (1.0, 0);
            foreach (var (dimension, count) in MaskedRows.Counts(space).Index())
            {
                var choice = start + (int)action[dimension];
                Assert.That(mask[choice], Is.EqualTo(1), "no forbidden choice is explored");
                probability *= ((1 - Floor) * score[choice]) + (Floor / mask[start..(start + count)].Sum());
                start += count;
            }

            Assert.That(batch.LogProbability(row), Is.EqualTo(Math.Log(probability)).Within(1e-6));
        }
    }

    [TestCase(0.0)]
    [TestCase(0.25)]
    [TestCase(1.0)]
    public void Choices_are_drawn_as_often_as_the_recorded_probability_says(double floor)
    {
        using var session = PolicySession.Open(LiteralPolicies.ControlPolicy(LiteralPolicies.Controls));
        using var batch = Run(session, [.. Enumerable.Repeat(LiteralPolicies.Observations[1], Rows).SelectMany(row => row)], ActionSelection.Sample(seed: 3, floor));
        var drawn = Enumerable.Range(0, Rows).Select(row => (Action: string.Join(' ', batch.Action(row).ToArray()), Probability: Math.Exp(batch.LogProbability(row)))).GroupBy(draw => draw.Action).ToList();

        Assert.That(drawn, Has.Count.EqualTo(6));
        foreach (var action in drawn)
            Assert.That(action.Count() / (double)Rows, Is.EqualTo(action.First().Probability).Within(0.015), action.Key);
        if (floor == 1)
            Assert.That(drawn.Select(action => action.First().Probability), Is.All.EqualTo(1.0 / 6).Within(1e-6));
    }

    [Test]
    public void Switches_are_mixed_with_even_odds()
    {
        using var session = PolicySession.Open(LiteralPolicies.SwitchPolicy(LiteralPolicies.Switches));
        using var batch = Run(session, [.. Enumerable.Repeat(LiteralPolicies.Observations[0], Rows).SelectMany(row => row)], ActionSelection.Sample(seed: 3, floor: 0.5));

        for (var i = 0; i < 3; i++)
            Assert.That(Enumerable.Range(0, Rows).Average(row => batch.Action(row)[i]), Is.EqualTo((0.5 * LiteralPolicies.SwitchScores[0][i]) + 0.25).Within(0.015));
    }

    [Test]
    public void Floor_of_zero_draws_the_same_actions_as_none()
    {
        var observations = MaskedRows.Observations(Masked[0], Rows);
        using var session = PolicySession.Open(MaskedRows.Onnx(Masked[0]));
        using var plain = Run(session, observations, ActionSelection.Sample(seed: 5));
        using var zero = Run(session, observations, ActionSelection.Sample(seed: 5, floor: 0));
        using var explored = Run(session, observations, ActionSelection.Sample(seed: 5, floor: 0.2));
        static IEnumerable<(int, double)> Of(PolicyBatch batch) => Enumerable.Range(0, Rows).Select(row => (batch.Choice(row), batch.LogProbability(row)));

        Assert.That(Of(zero), Is.EqualTo(Of(plain)));
        Assert.That(Of(explored), Is.Not.EqualTo(Of(plain)));
    }

    [Test]
    public void Probability_stays_that_of_the_draw_when_the_caller_changes_the_observation_afterwards()
    {
        var observations = MaskedRows.Observations(Masked[0], 1);
        using var session = PolicySession.Open(MaskedRows.Onnx(Masked[0]));
        using var batch = Run(session, observations, ActionSelection.Sample(seed: 5, floor: 0.2));
        var before = batch.LogProbability(0);
        batch.Observation(0).Clear();

        Assert.That(batch.LogProbability(0), Is.EqualTo(before));
    }

    [TestCase(-0.01)]
    [TestCase(1.01)]
    [TestCase(double.NaN)]
    public void Floor_outside_its_range_is_refused(double floor)
    {
        Assert.That(() => ActionSelection.Sample(floor: floor), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("at least 0 and at most 1"));
    }

    [Test]
    public void Boxes_are_refused_by_name()
    {
        var onnx = Support.Policies.Onnx(Support.Policies.Vectors);
        using var session = PolicySession.Open(onnx);
        var policy = Policy.Open(onnx);

        Assert.That(() => session.CreateBatch(1, ActionSelection.Sample(floor: 0.1)), Throws.InvalidOperationException.With.Message.Contains("The floor is 0.1").And.Message.Contains("Box(2)"));
        Assert.That(() => new PolicyTransformer(onnx, new PolicyColumns(), ActionSelection.Sample(floor: 0.1)), Throws.InvalidOperationException.With.Message.Contains("Box(2)"));
        Assert.That(() => policy.Sample(new float[4], new RandomSource(1), 0.1, new float[2]), Throws.InvalidOperationException.With.Message.Contains("Box(2)"));
        Assert.That(policy.Sample(new float[4], new RandomSource(1), 0, new float[2]), Is.Not.NaN);
    }

    [TestCaseSource(nameof(Masked))]
    public void Managed_policy_draws_from_the_same_mixture(ActionSpace space)
    {
        const double Floor = 0.4;
        var observation = MaskedRows.Observations(space, 1, seed: 9);
        var onnx = MaskedRows.Onnx(space);
        using var session = PolicySession.Open(onnx);
        using var batch = Run(session, [.. Enumerable.Repeat(observation, Rows).SelectMany(row => row)], ActionSelection.Sample(seed: 3, Floor));
        string Draw(int row) => batch.IsDiscrete ? $"{batch.Choice(row)}" : string.Join(' ', batch.Action(row).ToArray());
        var expected = Enumerable.Range(0, Rows).Select(row => (Action: Draw(row), Logarithm: batch.LogProbability(row))).DistinctBy(draw => draw.Action).ToDictionary(draw => draw.Action, draw => draw.Logarithm);
        var (policy, random, action, counts) = (Policy.Open(onnx), new RandomSource(7), new float[space.Length], new Dictionary<string, int>());
        for (var i = 0; i < Rows; i++)
        {
            var logarithm = policy.Sample(observation, random, Floor, action);
            var name = string.Join(' ', action);
            Assert.That(logarithm, Is.EqualTo(expected[name]).Within(1e-6));
            counts[name] = counts.GetValueOrDefault(name) + 1;
        }

        foreach (var (name, count) in counts)
            Assert.That(count / (double)Rows, Is.EqualTo(Math.Exp(expected[name])).Within(0.015), name);
        Assert.That(policy.Sample(observation.AsSpan().ToArray().Select((_, i) => i == 0 ? float.NaN : 1f).ToArray(), random, Floor, action), Is.NaN);
    }

    [Test]
    public void Selection_is_saved_and_loaded_with_the_model()
    {
        using var folder = new TemporaryFolder();
        var view = Support.Policies.View(_ml, Support.Policies.Observations(3));
        var selections = new[] { ActionSelection.Mode, ActionSelection.Sample(), ActionSelection.Sample(4), ActionSelection.Sample(4, 0.05), ActionSelection.Sample(floor: 1) };
        foreach (var selection in selections)
        {
            using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new PolicyColumns { Probability = "Probability" }, selection);
            _ml.Model.Save(policy, view.Schema, folder.PathOf("model.zip"));
            var loaded = PolicyModel.Load(_ml, folder.PathOf("model.zip"), out _);

            Assert.That(PolicyChain.FromModel(loaded).Policy.Selection, Is.EqualTo(selection));
            if (selection.Floor == 1)
                Assert.That(loaded.Transform(view).GetColumn<float>("Probability"), Is.All.EqualTo(1 / 3f).Within(1e-6f));
            (loaded as IDisposable)?.Dispose();
        }
    }

    [Test]
    public void Uniform_policy_needs_no_training_and_gives_every_eligible_action_the_same_probability()
    {
        var actions = (DiscreteActionSpace)ActionSpace.Discrete("red", "green", "blue");
        var onnx = UniformPolicy.Create(ObservationSpace.Unbounded(5), actions, hasActionMask: true);
        using var session = PolicySession.Open(onnx);
        using var batch = Run(session, [7, -2, 1, 1, 1, 7, -2, 0, 1, 1, 0, 0, 1, 0, 0, float.NaN, 0, 1, 1, 1, 0, 0, 0, 0, 0], ActionSelection.Sample(seed: 1));

        Assert.That(session.Metadata.Actions.Names, Is.EqualTo(actions.Names));
        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.Managed));
        Assert.That(batch.Score(0).ToArray(), Is.All.EqualTo(1 / 3f).Within(1e-6f));
        Assert.That(batch.Score(1).ToArray(), Is.EqualTo([0, 0.5f, 0.5f]).Within(1e-6f));
        Assert.That(batch.Score(2).ToArray(), Is.EqualTo([1f, 0, 0]));
        Assert.That(batch.Choice(3), Is.EqualTo(-1), "a missing observation");
        Assert.That(batch.Choice(4), Is.EqualTo(-1), "no eligible action");
    }

    [Test]
    public void Evaluation_from_a_log_is_that_of_the_mixture()
    {
        var random = new Random(2);
        var rows = Enumerable.Range(0, 3_000).Select(_ => new Decision { Observation = [random.NextSingle(), random.NextSingle(), random.NextSingle(), random.NextSingle()], Action = random.Next(3), Probability = 1 / 3.0, Reward = random.NextDouble() }).ToArray();
        var view = Decision.View(_ml, rows);
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new PolicyColumns());
        using var session = PolicySession.Open(policy.Onnx.ToArray());
        using var batch = session.CreateBatch(1);
        double[] Mixture(LoggedContext context)
        {
            context.Observation.Span.CopyTo(batch.Observation(0));
            batch.Run(1);
            return [.. batch.Score(0).ToArray().Select(probability => (float)((0.6 * probability) + (0.4 / 3)))];
        }

        LogEvaluation Evaluate(ActionSelection selection) => _ml.ReinforcementLearning.EvaluateFromLog(policy, view, new LogColumns(), new LogEvaluationOptions { Selection = selection });
        var expected = _ml.ReinforcementLearning.EvaluateFromLog(Mixture, view, new LogColumns());

        Assert.That(Evaluate(ActionSelection.Sample(floor: 0.4)).DoublyRobust.Value, Is.EqualTo(expected.DoublyRobust.Value).Within(1e-9));
        Assert.That(Evaluate(ActionSelection.Sample()).DoublyRobust.Value, Is.Not.EqualTo(expected.DoublyRobust.Value).Within(1e-4));
    }

    private static PolicyBatch Run(PolicySession session, float[] observations, ActionSelection selection)
    {
        var length = session.Metadata.Observations.Length;
        var batch = session.CreateBatch(observations.Length / length, selection);
        for (var row = 0; row < batch.Capacity; row++)
            observations.AsSpan(row * length, length).CopyTo(batch.Observation(row));
        batch.Run(batch.Capacity);
        return batch;
    }
}
