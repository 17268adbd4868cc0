using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

public sealed class ProbabilityColumnTests
{
    private static readonly ActionSpace[] Spaces = [Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches];

    private static readonly PolicyColumns AllColumns = new() { Probability = "Probability", LogProbability = "LogProbability" };

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void The_columns_of_a_view_without_a_seed_belong_together()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices).With(ActionSelection.Sample(), AllColumns);
        var input = Support.Policies.View(_ml, Support.Policies.Observations(300));
        var view = policy.Transform(input);
        var probabilities = view.GetColumn<float>("Probability").ToList();
        var expected = view.GetColumn<uint>("Action").Zip(view.GetColumn<float[]>("Score"), (action, score) => score[action - 1]).ToList();

        Assert.That(probabilities, Is.EqualTo(expected).Within(1e-6f));
        Assert.That(Actions(policy.Transform(input)), Is.Not.EqualTo(Actions(view)), "another view draws again");
    }

    [Test]
    public void A_policy_that_shares_a_session_outlives_the_original()
    {
        var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var input = Support.Policies.View(_ml, Support.Policies.Observations(20));
        var expected = Actions(policy.Transform(input));
        var other = policy.With(columns: AllColumns);
        policy.Dispose();

        Assert.That(Actions(other.Transform(input)), Is.EqualTo(expected));
        Assert.That(() => Actions(policy.Transform(input)), Throws.TypeOf<ObjectDisposedException>().With.Message.Contains("OwnsTransformer"));
        Assert.That(() => policy.With(), Throws.TypeOf<ObjectDisposedException>());
        other.Dispose();
        Assert.That(() => Actions(other.Transform(input)), Throws.TypeOf<ObjectDisposedException>());
    }

    [TestCaseSource(nameof(Spaces))]
    public void Probabilities_are_columns_on_request(ActionSpace space)
    {
        using var policy = Support.Policies.Transformer(space).With(ActionSelection.Sample(seed: 5), AllColumns);
        var observations = Support.Policies.Observations(50);
        observations[7][2] = float.NaN;
        var view = policy.Transform(Support.Policies.View(_ml, observations));
        var logs = view.GetColumn<float>("LogProbability").ToList();
        var probabilities = view.GetColumn<float>("Probability").ToList();

        Assert.Multiple(() =>
        {
            Assert.That(policy.GetOutputSchema(Support.Policies.View(_ml, observations).Schema).Select(column => column.Name), Is.EqualTo(view.Schema.Select(column => column.Name)));
            Assert.That(logs[7], Is.NaN);
            Assert.That(probabilities[7], Is.NaN);
            foreach (var (log, probability) in logs.Zip(probabilities).Where((_, row) => row != 7))
                Assert.That(probability, Is.EqualTo(MathF.Exp(log)).Within(1e-4f * probability));
        });
        if (space is not DiscreteActionSpace)
            return;
        foreach (var (row, action) in view.GetColumn<uint>("Action").Index().Where(pair => pair.Index != 7))
            Assert.That(probabilities[row], Is.EqualTo(view.GetColumn<float[]>("Score").ElementAt(row)[action - 1]).Within(1e-6f));
    }

    [Test]
    public void The_unclipped_action_of_a_box_is_a_column_on_request()
    {
        var columns = new PolicyColumns { UnclippedAction = "Draw" };
        using var policy = Support.Policies.Transformer(Support.Policies.Vectors).With(ActionSelection.Sample(seed: 5), columns);
        var view = policy.Transform(Support.Policies.View(_ml, Support.Policies.Observations(100)));
        var draws = view.GetColumn<float[]>("Draw").ToList();

        Assert.That(SchemaText.SlotNames(view.Schema["Draw"]), Is.EqualTo(new[] { "force", "angle" }));
        Assert.That(view.GetColumn<float[]>("Action"), Is.EqualTo(draws.Select(draw => new[] { Math.Clamp(draw[0], -0.25f, 0.25f), draw[1] })));
        Assert.That(draws.Any(draw => Math.Abs(draw[0]) > 0.25f), Is.True, "some are beyond the bounds");
        Assert.That(() => Support.Policies.Transformer(Support.Policies.Choices).With(columns: columns), Throws.ArgumentException.With.Message.Contains("'Draw'"));
        Assert.That(() => Support.Policies.Transformer(Support.Policies.Choices).With(columns: new() { LogProbability = "Score" }), Throws.ArgumentException.With.Message.Contains("'Score'"));
    }

    [Test]
    public void A_saved_policy_draws_what_it_drew()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Vectors).With(ActionSelection.Sample(seed: 5), AllColumns with { UnclippedAction = "Draw" });
        var input = Support.Policies.View(_ml, Support.Policies.Observations(100));
        using var file = new MemoryStream();
        _ml.Model.Save(policy, input.Schema, file);
        file.Position = 0;
        var loaded = _ml.Model.Load(file, out _);

        Assert.That(Actions(loaded.Transform(input)), Is.EqualTo(Actions(policy.Transform(input))));
        Assert.That(loaded.GetOutputSchema(input.Schema).Select(column => column.Name), Is.EqualTo(policy.GetOutputSchema(input.Schema).Select(column => column.Name)));
    }

    [Test]
    public void The_policy_of_a_chain_can_be_set_to_draw()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var input = Support.Policies.View(_ml, Support.Policies.Observations(100));
        var normalizer = _ml.Transforms.NormalizeMinMax("Observation").Fit(input);
        var behind = _ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(policy.Transform(input));
        var model = normalizer.Append(policy).Append(behind);
        var sampled = PolicyModel.With(model, ActionSelection.Sample(seed: 2), AllColumns);
        using var expected = policy.With(ActionSelection.Sample(seed: 2));
        var scored = sampled.Transform(input);

        Assert.That(Actions(scored), Is.EqualTo(Actions(expected.Transform(normalizer.Transform(input)))));
        Assert.That(Actions(scored), Is.Not.EqualTo(Actions(model.Transform(input))));
        Assert.That(scored.GetColumn<string>("Name").Zip(scored.GetColumn<uint>("Action")).Distinct().Count(), Is.EqualTo(3), "what stands behind goes on");
        Assert.That(scored.Schema.GetColumnOrNull("LogProbability"), Is.Not.Null);
        Assert.That(PolicyModel.With(policy, ActionSelection.Mode), Is.InstanceOf<PolicyTransformer>());
        Assert.That(() => PolicyModel.With(normalizer), Throws.ArgumentException);
    }

    [Test]
    public void The_documented_way_to_log_draws_works()
    {
        using var model = Support.Policies.Transformer(Support.Policies.Choices);
        var rows = Support.Policies.View(_ml, Support.Policies.Observations(20));

        var exploring = PolicyModel.With(
            model,
            ActionSelection.Sample(seed: 7),
            new PolicyColumns { LogProbability = "LogProbability" });
        var logged = exploring.Transform(rows);

        Assert.That(logged.GetColumn<float>("LogProbability"), Is.All.LessThan(0));
    }

    [Test]
    public void A_policy_without_a_distribution_cannot_draw_actions()
    {
        var model = Trpo.Onnx.Graph.Format.ModelProto.Parser.ParseFrom(Support.Policies.Onnx(Support.Policies.Vectors));
        model.Graph.Output.RemoveAt(2);
        using var policy = new PolicyTransformer(Trpo.Onnx.Graph.SealedModel.Seal(model), new());
        using var batch = policy.Session.CreateBatch(1);
        batch.Run(1);

        Assert.Multiple(() =>
        {
            Assert.That(() => policy.With(ActionSelection.Sample()), Throws.InvalidOperationException.With.Message.Contains("log_standard_deviation"));
            Assert.That(() => policy.With(columns: AllColumns), Throws.InvalidOperationException);
            Assert.That(() => policy.Session.CreateBatch(1, ActionSelection.Sample()), Throws.InvalidOperationException);
            Assert.That(() => batch.LogProbability(0), Throws.InvalidOperationException);
            Assert.That(batch.IsStochastic, Is.False);
        });
    }

    private static List<float[]> Actions(IDataView view) => view.Schema["Action"].Type is KeyDataViewType
        ? [.. view.GetColumn<uint>("Action").Select(action => new float[] { action })]
        : [.. view.GetColumn<float[]>("Action")];
}
