using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

public sealed class PolicyTransformerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void The_schema_of_discrete_actions_is_a_named_key_and_named_scores()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var schema = policy.GetOutputSchema(View(1).Schema);

        Assert.Multiple(() =>
        {
            Assert.That(schema.Select(column => column.Name), Is.EqualTo(new[] { "Observation", "Id", "Action", "Score" }));
            Assert.That(schema["Action"].Type, Is.EqualTo(new KeyDataViewType(typeof(uint), 3)));
            Assert.That(schema["Score"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, 3)));
            Assert.That(SchemaText.KeyValues(schema["Action"]), Is.EqualTo(new[] { "left", "stay", "right" }));
            Assert.That(SchemaText.SlotNames(schema["Score"]), Is.EqualTo(new[] { "left", "stay", "right" }));
        });
    }

    [Test]
    public void The_schema_of_continuous_actions_is_two_named_vectors()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Vectors);
        var schema = policy.Transform(View(1)).Schema;

        Assert.Multiple(() =>
        {
            Assert.That(schema["Action"].Type, Is.EqualTo(new VectorDataViewType(NumberDataViewType.Single, 2)));
            Assert.That(SchemaText.SlotNames(schema["Action"]), Is.EqualTo(new[] { "force", "angle" }));
            Assert.That(SchemaText.SlotNames(schema["Score"]), Is.EqualTo(new[] { "force", "angle" }));
        });
    }

    [TestCase(1)]
    [TestCase(16)]
    [TestCase(1_000)]
    public void Views_of_any_length_are_scored_as_the_session_scores(int rows)
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var observations = Support.Policies.Observations(rows);
        var scored = _ml.Data.CreateEnumerable<ChoiceOutput>(policy.Transform(Support.Policies.View(_ml, observations)), reuseRowObject: false).ToList();
        using var batch = policy.Session.CreateBatch(1);

        Assert.That(scored.Select(row => row.Id), Is.EqualTo(Enumerable.Range(0, rows)));
        foreach (var (row, observation) in scored.Zip(observations))
        {
            observation.CopyTo(batch.Observation(0));
            batch.Run(1);
            Assert.That(row.Action, Is.EqualTo(batch.Choice(0) + 1));
            Assert.That(row.Score, Is.EqualTo(batch.Score(0).ToArray()).Within(1e-6f));
        }
    }

    [Test]
    public void An_empty_view_has_no_rows()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);

        Assert.That(policy.Transform(View(0)).GetColumn<uint>("Action"), Is.Empty);
    }

    [Test]
    public void A_prediction_engine_acts_as_the_view_does()
    {
        var observations = Support.Policies.Observations(50);
        using var discrete = Support.Policies.Transformer(Support.Policies.Choices);
        using var continuous = Support.Policies.Transformer(Support.Policies.Vectors);
        using var choose = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(discrete);
        using var steer = _ml.Model.CreatePredictionEngine<PolicyInput, VectorOutput>(continuous);
        var choices = discrete.Transform(Support.Policies.View(_ml, observations)).GetColumn<uint>("Action");
        var vectors = continuous.Transform(Support.Policies.View(_ml, observations)).GetColumn<float[]>("Action");

        Assert.That(observations.Select(observation => choose.Predict(new() { Observation = observation }).Action).ToList(), Is.EqualTo(choices));
        Assert.That(observations.Select(observation => steer.Predict(new() { Observation = observation }).Action).ToList(), Is.EqualTo(vectors).Within(1e-6f));
        Assert.That(choose.Predict(new() { Observation = observations[0], Id = 7 }).Id, Is.EqualTo(7), "other columns pass through");
    }

    [Test]
    public void Predicting_allocates_nothing()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        using var engine = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy);
        var input = new PolicyInput { Observation = [1, 2, 3, 4] };
        var output = new ChoiceOutput();
        engine.Predict(input, ref output);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 100; i++)
        {
            input.Observation[0] = i;
            engine.Predict(input, ref output);
        }

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.Zero);
    }

    [Test]
    public void A_NaN_feature_gives_a_missing_action_and_its_neighbours_theirs()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var observations = Support.Policies.Observations(40);
        var expected = policy.Transform(Support.Policies.View(_ml, observations)).GetColumn<uint>("Action").ToList();
        observations[0][3] = float.NaN;
        observations[17][0] = float.NaN;
        var scored = _ml.Data.CreateEnumerable<ChoiceOutput>(policy.Transform(Support.Policies.View(_ml, observations)), reuseRowObject: false).ToList();
        using var engine = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy);

        Assert.Multiple(() =>
        {
            foreach (var (row, index) in scored.Select((row, index) => (row, index)))
            {
                Assert.That(row.Action, Is.EqualTo(index is 0 or 17 ? 0 : expected[index]));
                Assert.That(row.Score, index is 0 or 17 ? Is.All.NaN : Is.All.Not.NaN);
            }

            Assert.That(engine.Predict(new() { Observation = observations[17] }).Action, Is.Zero);
        });
    }

    [Test]
    public void Consumers_behind_it_see_matching_rows()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var observations = Support.Policies.Observations(600);
        var view = policy.Transform(Support.Policies.View(_ml, observations));
        var expected = view.GetColumn<uint>("Action").ToList();
        List<ChoiceOutput> Rows(IDataView consumed) => [.. _ml.Data.CreateEnumerable<ChoiceOutput>(consumed, reuseRowObject: false)];

        IDataView[] consumers =
        [
            _ml.Data.TakeRows(view, 20), _ml.Data.SkipRows(view, 300), _ml.Data.ShuffleRows(view, seed: 3), _ml.Data.Cache(view),
            _ml.Data.FilterRowsByColumn(view, "Id", 100, 120), policy.Transform(_ml.Data.ShuffleRows(Support.Policies.View(_ml, observations), seed: 5)),
        ];
        int[] counts = [20, 300, 600, 600, 20, 600];
        Assert.Multiple(() =>
        {
            foreach (var (consumer, count) in consumers.Zip(counts))
            {
                var rows = Rows(consumer);
                Assert.That(rows, Has.Count.EqualTo(count));
                Assert.That(rows.Select(row => row.Action), Is.EqualTo(rows.Select(row => expected[(int)row.Id])));
            }
        });
    }

    [Test]
    public void Stock_transforms_understand_the_action()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var view = policy.Transform(View(100));
        var named = _ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(view).Transform(view);
        var labelled = _ml.Transforms.CopyColumns("Label", "Action").Fit(view).Transform(view);

        Assert.That(named.GetColumn<string>("Name").Distinct(), Is.SubsetOf(new[] { "left", "stay", "right" }));
        Assert.That(_ml.MulticlassClassification.Evaluate(labelled, predictedLabelColumnName: "Action").MicroAccuracy, Is.EqualTo(1));
        Assert.That(view.Preview(5).RowView, Has.Length.EqualTo(5));
    }

    [Test]
    public void A_row_with_another_number_of_values_is_refused_rather_than_completed_from_the_row_before()
    {
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        using var engine = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy);
        engine.Predict(new() { Observation = [1, 1, 1, 1] });
        var source = _ml.Data.LoadFromEnumerable([new PolicyInput { Observation = [1, 1, 1, 1] }, new PolicyInput { Observation = [1, 2, 3] }]);

        Assert.Multiple(() =>
        {
            Assert.That(() => engine.Predict(new() { Observation = [1, 2, 3] }), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'Observation' has 3 values"));
            Assert.That(() => engine.Predict(new() { Observation = null! }), Throws.TypeOf<InvalidDataException>());
            Assert.That(() => policy.Transform(source).GetColumn<uint>("Action").ToList(), Throws.TypeOf<InvalidDataException>().With.Message.Contains("position 1"));
        });
    }

    [Test]
    public void A_disposed_policy_throws_instead_of_ending_the_process()
    {
        var policy = Support.Policies.Transformer(Support.Policies.Choices);
        var view = policy.Transform(View(100));
        var other = _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy);

        // An engine disposes the model that it was made from.
        _ml.Model.CreatePredictionEngine<PolicyInput, ChoiceOutput>(policy).Dispose();

        Assert.That(() => view.GetColumn<uint>("Action").ToList(), Throws.TypeOf<ObjectDisposedException>());
        Assert.That(() => other.Predict(new() { Observation = [1, 2, 3, 4] }), Throws.TypeOf<ObjectDisposedException>());
    }

    [Test]
    public void Columns_can_be_renamed()
    {
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new("Observation", "Push", "Odds"));

        Assert.That(policy.GetOutputSchema(View(1).Schema).Select(column => column.Name), Is.EqualTo(new[] { "Observation", "Id", "Push", "Odds" }));
        Assert.That(() => new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new("Observation", "Same", "Same")), Throws.ArgumentException.With.Message.Contains("'Same'"));
    }

    [Test]
    public void A_missing_or_wrongly_typed_column_is_named_in_the_words_of_ml_net()
    {
        using var policy = new PolicyTransformer(Support.Policies.Onnx(Support.Policies.Choices), new("Features"));
        using var longer = Support.Policies.Transformer(Support.Policies.Choices, observationLength: 5);

        Assert.Multiple(() =>
        {
            Assert.That(() => policy.Transform(View(1)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find feature column 'Features'"));
            Assert.That(() => longer.Transform(View(1)), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("Schema mismatch for feature column 'Observation': expected Vector<Single, 5>, got Vector<Single, 4>"));
        });
    }

    private IDataView View(int rows) => Support.Policies.View(_ml, Support.Policies.Observations(rows));
}
