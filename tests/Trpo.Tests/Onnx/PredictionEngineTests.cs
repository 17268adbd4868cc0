using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx;

/// <summary>Prediction engines of every shape that ML.NET offers.</summary>
public sealed class PredictionEngineTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly float[][] _observations = Support.Policies.Observations(50);
    private readonly PolicyTransformer _policy = Support.Policies.Transformer(Support.Policies.Choices);
    private List<ChoiceOutput> _expected = null!;

    [OneTimeSetUp]
    public void Score() => _expected = [.. _ml.Data.CreateEnumerable<ChoiceOutput>(_policy.Transform(Support.Policies.View(_ml, _observations)), reuseRowObject: false)];

    [OneTimeTearDown]
    public void DisposePolicy() => _policy.Dispose();

    [Test]
    public void The_output_may_have_some_of_the_columns()
    {
        var action = Engine<PolicyInput, OnlyAction>(new());
        var score = Engine<PolicyInput, OnlyScore>(new());
        var id = Engine<PolicyInput, OnlyId>(new());
        for (var i = 0; i < _observations.Length; i++)
        {
            var input = new PolicyInput { Observation = _observations[i], Id = i };
            Assert.That(action.Predict(input).Action, Is.EqualTo(_expected[i].Action));
            Assert.That(score.Predict(input).Score, Is.EqualTo(_expected[i].Score).Within(1e-6f));
            Assert.That(id.Predict(input).Id, Is.EqualTo(i));
        }
    }

    [Test]
    public void The_output_object_may_be_used_again()
    {
        var engine = Engine<PolicyInput, ChoiceOutput>(new());
        var output = new ChoiceOutput();
        for (var i = 0; i < _observations.Length; i++)
        {
            engine.Predict(new() { Observation = _observations[i], Id = i }, ref output);
            Assert.That((output.Action, output.Id), Is.EqualTo((_expected[i].Action, (float)i)));
            Assert.That(output.Score, Is.EqualTo(_expected[i].Score).Within(1e-6f));
        }
    }

    [Test]
    public void The_input_may_have_columns_that_nobody_reads()
    {
        var engine = Engine<Wide, OnlyAction>(new());

        Assert.That(_observations.Select(observation => engine.Predict(new() { Observation = observation, Text = "extra", Action = "taken" }).Action), Is.EqualTo(_expected.Select(row => row.Action)));
    }

    [Test]
    public void Columns_that_the_policy_has_not_may_be_ignored()
    {
        Assert.That(() => Engine<PolicyInput, More>(new() { IgnoreMissingColumns = false }), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("'Unknown'"));
        var engine = Engine<PolicyInput, More>(new() { IgnoreMissingColumns = true });

        var output = engine.Predict(new() { Observation = _observations[0] });
        Assert.That((output.Action, output.Unknown), Is.EqualTo((_expected[0].Action, 0f)));
    }

    [Test]
    public void Schema_definitions_say_what_the_classes_do_not()
    {
        var input = SchemaDefinition.Create(typeof(Unsized));
        input[0].ColumnName = "Observation";
        input[0].ColumnType = new VectorDataViewType(NumberDataViewType.Single, 4);
        var output = SchemaDefinition.Create(typeof(Choice));
        output[0].ColumnName = "Action";
        output[0].ColumnType = new KeyDataViewType(typeof(uint), 3);
        var engine = Engine<Unsized, Choice>(new() { InputSchemaDefinition = input, OutputSchemaDefinition = output });

        Assert.That(_observations.Select(observation => engine.Predict(new() { Numbers = observation }).Chosen), Is.EqualTo(_expected.Select(row => row.Action)));
        Assert.That(() => Engine<Unsized, Choice>(new() { OutputSchemaDefinition = output }), Throws.InstanceOf<ArgumentOutOfRangeException>().With.Message.Contains("'Observation'"));
    }

    [Test]
    public void A_stock_chain_around_the_policy_predicts_names()
    {
        var view = Support.Policies.View(_ml, _observations);
        var scaled = _ml.Transforms.NormalizeMinMax("Observation").Fit(view);
        var scored = scaled.Append(_policy);
        var chain = scored.Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Action").Fit(scored.Transform(view)));
        var engine = _ml.Model.CreatePredictionEngine<PolicyInput, Named>(chain, new PredictionEngineOptions { OwnsTransformer = false });

        Assert.That(_observations.Select(observation => engine.Predict(new() { Observation = observation }).Name), Is.EqualTo(chain.Transform(view).GetColumn<string>("Name")));
    }

    [Test]
    public void An_engine_that_does_not_own_the_policy_leaves_it_alone()
    {
        Engine<PolicyInput, ChoiceOutput>(new()).Dispose();

        Assert.That(Engine<PolicyInput, ChoiceOutput>(new()).Predict(new() { Observation = _observations[0] }).Action, Is.EqualTo(_expected[0].Action));
    }

    private PredictionEngine<TInput, TOutput> Engine<TInput, TOutput>(PredictionEngineOptions options) where TInput : class where TOutput : class, new()
    {
        options.OwnsTransformer = false;
        return _ml.Model.CreatePredictionEngine<TInput, TOutput>(_policy, options);
    }

    private sealed class OnlyAction
    {
        public uint Action { get; set; }
    }

    private sealed class OnlyScore
    {
        public float[] Score { get; set; } = [];
    }

    private sealed class OnlyId
    {
        public float Id { get; set; }
    }

    private sealed class More
    {
        public uint Action { get; set; }

        public float Unknown { get; set; }
    }

    private sealed class Named
    {
        public string Name { get; set; } = "";
    }

    private sealed class Unsized
    {
        public float[] Numbers { get; set; } = [];
    }

    private sealed class Choice
    {
        public uint Chosen { get; set; }
    }

    private sealed class Wide
    {
        [VectorType(4)]
        public float[] Observation { get; set; } = [];

        public string Text { get; set; } = "";

        public string Action { get; set; } = "";
    }
}
