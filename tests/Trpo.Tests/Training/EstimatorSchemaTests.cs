using Microsoft.ML;
using Trpo.Estimators;
using Trpo.Estimators.Environments;
using Trpo.Estimators.Environments.DataViews;
using Trpo.Onnx;
using Trpo.Onnx.Interop;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Training;

/// <summary>The columns that the estimator predicts before it is fitted, compared with those of the fitted transformer.</summary>
public sealed class EstimatorSchemaTests
{
    private static readonly ActionSpace[] Spaces = [ActionSpace.Discrete("off", "on"), ActionSpace.Box([-1, -1], [1, 1], "x", "y"), ActionSpace.MultiDiscrete([2, 3], "gear", "pedal"), ActionSpace.MultiBinary("light", "fan")];

    private static readonly PolicyColumns[] Names = [new(), new(Action: "Push", Score: "Copy"), new(Action: "Observation", Score: "Odds"), new("Copy", "Action", "Observation"), new() { Probability = "Copy", LogProbability = "Log" }];

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void The_predicted_columns_are_those_of_the_fitted_transformer([ValueSource(nameof(Spaces))] ActionSpace space, [ValueSource(nameof(Names))] PolicyColumns columns)
    {
        var environment = Environments(space);
        var estimator = Trainer(environment, columns);
        var before = _ml.Transforms.CopyColumns("Copy", "Observation").Fit(environment).Transform(environment);
        using var policy = estimator.Fit(before);
        var promised = SchemaText.Describe(estimator.GetOutputSchema(Shape(before.Schema)));

        Assert.That(promised, Is.EqualTo(SchemaText.Describe(Shape(policy.GetOutputSchema(before.Schema)))));
        Assert.That(promised, Is.EqualTo(SchemaText.Describe(Shape(policy.Transform(before).Schema))));
    }

    [Test]
    public void The_predicted_columns_of_a_chain_with_stock_transforms_are_those_of_the_fitted_chain([ValueSource(nameof(Spaces))] ActionSpace space)
    {
        var environment = Environments(space);
        var chain = _ml.Transforms.NormalizeMeanVariance("Features", "Observation")
            .Append(Trainer(environment, new("Features")))
            .Append(_ml.Transforms.Concatenate("Everything", "Score", "Features"))
            .Append(_ml.Transforms.CopyColumns("Kept", "Action"));
        IEstimator<ITransformer> whole = space is DiscreteActionSpace
            ? chain.Append(_ml.Transforms.Conversion.MapKeyToVector("OneHot", "Action")).Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "Action"))
            : chain.Append(_ml.Transforms.NormalizeMinMax("Kept"));
        var model = whole.Fit(environment);

        Assert.That(SchemaText.Describe(whole.GetOutputSchema(Shape(environment.Schema))), Is.EqualTo(SchemaText.Describe(Shape(model.GetOutputSchema(environment.Schema)))));
        Assert.That(SchemaText.Describe(model.Transform(environment).Schema), Is.EqualTo(SchemaText.Describe(model.GetOutputSchema(environment.Schema))));
        Assert.That(SchemaText.Describe(model.GetRowToRowMapper(environment.Schema).OutputSchema), Is.EqualTo(SchemaText.Describe(model.GetOutputSchema(environment.Schema))));
        (model as IDisposable)?.Dispose();
    }

    [Test]
    public void The_environments_names_label_slots_and_keys_from_its_view_to_the_saved_model()
    {
        var environment = _ml.ReinforcementLearning.LoadFromEnvironment(() => new TimeLimit(new Thermostat(), 20), count: 2, rows: 16);
        var model = _ml.Transforms.NormalizeMeanVariance("Observation").Append(Trainer(environment, new())).Fit(environment);
        using var file = new MemoryStream();
        _ml.Model.Save(model, environment.Schema, file);
        file.Position = 0;
        var loaded = new MLContext().Model.Load(file, out var input);
        model.Dispose();

        Assert.That(SchemaText.SlotNames(environment.Schema["Observation"]), Is.EqualTo(new[] { "temperature" }));
        Assert.That(SchemaText.SlotNames(input["Observation"]), Is.EqualTo(new[] { "temperature" }));
        var schema = loaded.GetOutputSchema(input);
        Assert.That(SchemaText.SlotNames(schema["Observation"]), Is.EqualTo(new[] { "temperature" }));
        Assert.That(SchemaText.KeyValues(schema["Action"]), Is.EqualTo(new[] { "off", "heat" }));
        Assert.That(SchemaText.SlotNames(schema["Score"]), Is.EqualTo(new[] { "off", "heat" }));
        Assert.That(PolicyChain.FromModel(loaded).Policy.Metadata.Observations.Names, Is.EqualTo(new[] { "temperature" }));
        ((IDisposable)loaded).Dispose();
    }

    private EnvironmentDataView Environments(ActionSpace space) => _ml.ReinforcementLearning.LoadFromEnvironment(() => new EchoEnvironment(space), count: 2, rows: 32);

    private TrpoEstimator Trainer(EnvironmentDataView environment, PolicyColumns columns) =>
        _ml.ReinforcementLearning.Trainers.Trpo(environment, new() { TotalSteps = 40, StepsPerIteration = 40, HiddenLayers = [4], Seed = 1, Columns = columns });

    private static SchemaShape Shape(DataViewSchema schema) => MicrosoftMLInternals.ShapeOf(schema);
}
