using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Environments.ClassicControl;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

public sealed class SamplingTests
{
    private const int Draws = 20_000;

    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void Choices_are_drawn_with_the_probabilities_of_the_score()
    {
        using var session = PolicySession.Open(LiteralPolicies.ControlPolicy(LiteralPolicies.Controls));
        using var batch = session.CreateBatch(Draws, ActionSelection.Sample(seed: 1));
        Fill(batch, LiteralPolicies.Observations[1]);
        batch.Run(Draws);
        var actions = Enumerable.Range(0, Draws).Select(row => batch.Action(row).ToArray()).ToList();

        Assert.Multiple(() =>
        {
            foreach (var (gear, probability) in new[] { 0.1, 0.2, 0.7 }.Index())
                Assert.That(actions.Count(action => action[0] == gear) / (double)Draws, Is.EqualTo(probability).Within(0.015), $"gear {gear}");
            Assert.That(actions.Count(action => action[1] == 1) / (double)Draws, Is.EqualTo(0.6).Within(0.015));
            Assert.That(actions.Count(action => action is [2, 1]) / (double)Draws, Is.EqualTo(0.42).Within(0.015), "the dimensions are independent");
        });
    }

    [Test]
    public void Switches_are_drawn_with_the_probabilities_of_the_score()
    {
        using var session = PolicySession.Open(LiteralPolicies.SwitchPolicy(LiteralPolicies.Switches));
        using var batch = session.CreateBatch(Draws, ActionSelection.Sample(seed: 1));
        Fill(batch, LiteralPolicies.Observations[0]);
        batch.Run(Draws);

        for (var i = 0; i < 3; i++)
            Assert.That(Enumerable.Range(0, Draws).Average(row => batch.Action(row)[i]), Is.EqualTo(LiteralPolicies.SwitchScores[0][i]).Within(0.015));
    }

    [Test]
    public void Vectors_are_drawn_around_the_mean_and_brought_within_the_bounds()
    {
        using var session = PolicySession.Open(Support.Policies.Onnx(Support.Policies.Vectors));
        using var batch = session.CreateBatch(Draws, ActionSelection.Sample(seed: 1));
        Fill(batch, [0.1f, 0.2f, 0.3f, 0.4f]);
        batch.Run(Draws);
        var mean = batch.Score(0).ToArray();
        var draws = Enumerable.Range(0, Draws).Select(row => batch.UnclippedAction(row).ToArray()).ToList();

        for (var i = 0; i < 2; i++)
        {
            Assert.That(draws.Average(draw => draw[i]), Is.EqualTo(mean[i]).Within(0.02));
            Assert.That(Math.Sqrt(draws.Average(draw => Math.Pow(draw[i] - mean[i], 2))), Is.EqualTo(Math.Exp(-0.5)).Within(0.02));
        }

        for (var row = 0; row < Draws; row++)
            Assert.That(batch.Action(row).ToArray(), Is.EqualTo(new[] { Math.Clamp(draws[row][0], -0.25f, 0.25f), draws[row][1] }));
    }

    [TestCaseSource(nameof(Spaces))]
    public void The_log_probability_is_that_of_the_distribution_that_was_trained(ActionSpace space)
    {
        const int Rows = 300;
        using var policy = Support.Policies.Create(space);
        using var session = PolicySession.Open(policy.Export(Support.Policies.Metadata(space)));
        var observations = Support.Policies.Observations(Rows);
        var parameters = new double[Rows * policy.ParameterLength];
        policy.Evaluate(observations.SelectMany(row => row).ToArray(), parameters);
        foreach (var selection in new[] { ActionSelection.Mode, ActionSelection.Sample(seed: 3) })
        {
            using var batch = session.CreateBatch(Rows, selection);
            for (var row = 0; row < Rows; row++)
                observations[row].CopyTo(batch.Observation(row));
            batch.Run(Rows);
            for (var row = 0; row < Rows; row++)
            {
                double[] action = batch.IsDiscrete ? [batch.Choice(row)] : [.. (space is BoxActionSpace ? batch.UnclippedAction(row) : batch.Action(row)).ToArray()];
                var expected = policy.Distribution.LogProbability(parameters.AsSpan(row * policy.ParameterLength, policy.ParameterLength), action, []);
                Assert.That(batch.LogProbability(row), Is.EqualTo(expected).Within(2e-5), $"row {row}, sampled: {selection.IsSampled}");
            }
        }
    }

    [TestCaseSource(nameof(Spaces))]
    public void The_draw_of_a_row_depends_only_on_the_seed_and_the_row_id(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space).With(ActionSelection.Sample(seed: 5));
        using var other = policy.With(ActionSelection.Sample(seed: 6));
        using var unseeded = policy.With(ActionSelection.Sample());
        using var mode = policy.With(ActionSelection.Mode);
        var input = Support.Policies.View(_ml, Support.Policies.Observations(500));
        var expected = Actions(policy.Transform(input));
        var unseen = Actions(unseeded.Transform(input));

        Assert.Multiple(() =>
        {
            Assert.That(Actions(policy.Transform(input)), Is.EqualTo(expected), "read again");
            Assert.That(Actions(_ml.Data.TakeRows(policy.Transform(input), 30)), Is.EqualTo(expected.Take(30)), "in part");
            Assert.That(ById(policy.Transform(_ml.Data.ShuffleRows(input, seed: 2))), Is.EqualTo(expected), "shuffled");
            Assert.That(Actions(other.Transform(input)), Is.Not.EqualTo(expected), "another seed");
            Assert.That(unseen, Is.Not.EqualTo(expected), "no seed");
            Assert.That(Actions(mode.Transform(input)), Is.Not.EqualTo(expected), "the mode");
        });
    }

    [Test]
    public void The_first_engine_draws_as_the_view_does_and_the_next_draw_on_their_own()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices).With(ActionSelection.Sample(seed: 5));
        var observations = Support.Policies.Observations(200);
        using var first = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy);
        using var second = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy);
        uint[] Choose(PredictionEngine<PolicyInput, ChoiceOutput> engine) => [.. observations.Select(observation => engine.Predict(new() { Observation = observation }).Action)];
        var expected = policy.Transform(Support.Policies.View(_ml, observations)).GetColumn<uint>("Action").ToArray();

        Assert.That(Choose(first), Is.EqualTo(expected));
        Assert.That(Choose(second), Is.Not.EqualTo(expected));
    }

    [TestCaseSource(nameof(Spaces))]
    public void Drawing_allocates_nothing(ActionSpace space)
    {
        using var session = PolicySession.Open(Support.Policies.Onnx(space));
        using var batch = session.CreateBatch(4, ActionSelection.Sample(seed: 1));
        batch.Run(4);
        var before = GC.GetAllocatedBytesForCurrentThread();
        var sum = 0.0;
        for (var i = 0; i < 100; i++)
        {
            batch.Run(4);
            sum += batch.LogProbability(3);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
        Assert.That(sum, Is.Not.NaN);
    }

    [Test]
    public void Evaluating_drawn_actions_does_not_depend_on_the_number_of_environments()
    {
        using var policy = Support.Policies.Transformer(ActionSpace.Discrete("left", "right"));
        using var sampled = policy.With(ActionSelection.Sample(seed: 1));
        IReadOnlyList<double> Returns(PolicyTransformer model, int count) =>
            _ml.ReinforcementLearning.Evaluate(model, _ml.ReinforcementLearning.LoadFromEnvironment(() => new CartPole(), count), episodes: 12).Returns;
        var expected = Returns(sampled, 1);

        Assert.That(Returns(sampled, 5), Is.EqualTo(expected));
        Assert.That(Returns(policy, 5), Is.Not.EqualTo(expected));
    }

    private static void Fill(PolicyBatch batch, float[] observation)
    {
        for (var row = 0; row < batch.Capacity; row++)
            observation.CopyTo(batch.Observation(row));
    }

    private static List<float[]> Actions(IDataView view) => view.Schema["Action"].Type is KeyDataViewType
        ? [.. view.GetColumn<uint>("Action").Select(action => new float[] { action })]
        : [.. view.GetColumn<float[]>("Action")];

    private static List<float[]> ById(IDataView view) => [.. view.GetColumn<float>("Id").Zip(Actions(view)).OrderBy(pair => pair.First).Select(pair => pair.Second)];
}
