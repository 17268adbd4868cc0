using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.OnnxRuntime;
using Trpo.Estimators;
using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Conversion;

/// <summary>The inputs of an exported chain, the sources of their types, and the refusals before anything is written.</summary>
public sealed class ExportInputTests
{
    private static readonly MLContext Ml = new(seed: 1);
    private static readonly IDataView View = ChainRow.View(Ml, ChainRow.Training());
    private string _path = null!;

    [SetUp]
    public void ChoosePath() => _path = Path.Combine(Path.GetTempPath(), $"trpo-{Guid.NewGuid():N}.onnx");

    [TearDown]
    public void DeleteFile() => File.Delete(_path);

    [Test]
    public void Every_raw_column_is_an_input_of_its_name_and_type()
    {
        Export(Mixed, View.Schema);

        using var session = new InferenceSession(_path);
        Assert.That(session.InputMetadata.ToDictionary(input => input.Key, input => (input.Value.ElementType, input.Value.Dimensions[1])), Is.EqualTo(new Dictionary<string, (Type, int)>
        {
            ["Color"] = (typeof(string), 1),
            ["Gear"] = (typeof(int), 1),
            ["Position"] = (typeof(float), 3),
            ["Zone"] = (typeof(uint), 1),
        }));
        Assert.That(session.OutputMetadata.Keys, Is.EquivalentTo(new[] { "action", "score", "logits" }));
        Assert.That(session.InputMetadata.Values.Select(input => input.SymbolicDimensions[0]), Is.All.EqualTo("N"));
    }

    [Test]
    public void A_graph_of_raw_columns_opens_with_the_columns_of_the_data()
    {
        Export(Mixed, View.Schema);
        using var session = PolicySession.Open(_path);

        Assert.That(session.InputColumns.Select(column => $"{column}"), Is.EquivalentTo(new[] { "Color (Text)", "Gear (Int32)", "Position[3]", "Zone (Key of 5)" }));
    }

    [Test]
    public void A_graph_of_one_vector_is_a_policy_of_its_length()
    {
        var pipeline = Ml.Transforms.IndicateMissingValues("Missing", "Position")
            .Append(Ml.Transforms.Conversion.ConvertType("Missing"))
            .Append(Ml.Transforms.ReplaceMissingValues("Position"))
            .Append(Ml.Transforms.Concatenate("Features", "Position", "Missing"));
        var model = Export(pipeline, View.Schema);
        var rows = ChainRow.View(Ml, ChainRow.Scoring(withMissing: true));
        float[][] positions = [.. rows.GetColumn<float[]>("Position")];

        using var session = PolicySession.Open(_path);
        using var batch = session.CreateBatch(positions.Length);
        for (var row = 0; row < positions.Length; row++)
            positions[row].CopyTo(batch.Observation(row));
        batch.Run(positions.Length);
        Assert.That(session.Metadata.Observations.Length, Is.EqualTo(3));
        Assert.That(
            Enumerable.Range(0, positions.Length).SelectMany(row => batch.Score(row).ToArray()),
            Is.EqualTo(model.Transform(rows).GetColumn<float[]>("Score").SelectMany(score => score)).Within(1e-5f), "also where a NaN is replaced");
    }

    [Test]
    public void A_missing_observation_gives_a_missing_action()
    {
        var normalizer = Ml.Transforms.NormalizeMinMax("Features", "Position").Fit(View);
        foreach (var actions in new[] { Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches })
        {
            using var policy = ExportedChain.Policy(normalizer.GetOutputSchema(View.Schema), actions);
            Ml.ReinforcementLearning.ExportToOnnx(normalizer.Append(policy), _path, View.Schema);
            using var session = PolicySession.Open(_path);
            using var batch = session.CreateBatch(2);
            batch.Observation(1)[0] = float.NaN;
            batch.Run(2);

            Assert.That(batch.Score(0).ToArray(), Has.None.NaN);
            Assert.That(batch.Score(1).ToArray(), Is.All.NaN, $"{actions}");
            Assert.That(batch.IsDiscrete ? batch.Choice(1) : batch.Action(1)[0], Is.EqualTo(batch.IsDiscrete ? -1 : float.NaN));
        }
    }

    [Test]
    public void A_policy_that_maps_NaN_to_a_number_still_gives_a_missing_action()
    {
        var graph = new OnnxGraphBuilder("test");
        graph.Node("Greater", "is_positive", [graph.Input(PolicyValues.Observation, 3, "An observation."), graph.Constant("zero", [0f])]);
        graph.Node("Cast", PolicyValues.Score, ["is_positive"], ("to", 1));
        graph.Node("Identity", PolicyValues.Action, [PolicyValues.Score]);
        graph.Output(PolicyValues.Score, 3, "Whether each value is positive.");
        graph.Output(PolicyValues.Action, 3, "The same.");
        var metadata = Support.Policies.Metadata(ActionSpace.Box([0, 0, 0], [1, 1, 1]), observationLength: 3);
        using var policy = new PolicyTransformer(graph.Build("A test.", PolicyMetadataFormat.Write(metadata)), new PolicyColumns("Features"));
        Ml.ReinforcementLearning.ExportToOnnx(Ml.Transforms.NormalizeMinMax("Features", "Position").Fit(View).Append(policy), _path);
        using var session = PolicySession.Open(_path);
        using var batch = session.CreateBatch(2);
        new float[] { 1, -1, 1 }.CopyTo(batch.Observation(0));
        new float[] { 1, float.NaN, 1 }.CopyTo(batch.Observation(1));
        batch.Run(2);

        Assert.That(batch.Score(0).ToArray(), Is.EqualTo(new float[] { 1, 0, 0 }), "the last value never varied");
        Assert.That(batch.Score(1).ToArray(), Is.All.NaN);
    }

    [Test]
    public void A_policy_that_replaces_missing_values_does_so_behind_another_transform_too()
    {
        var rows = ChainRow.View(Ml, ChainRow.Scoring(withMissing: true));
        var replaced = Ml.Transforms.ReplaceMissingValues("Features", "Position").Fit(View);
        foreach (var actions in new[] { Support.Policies.Choices, Support.Policies.Vectors, LiteralPolicies.Controls, LiteralPolicies.Switches })
        {
            using var inner = new PolicyTransformer(Support.Policies.Onnx(actions, observationLength: 3), new("Features"));
            Ml.ReinforcementLearning.ExportToOnnx(replaced.Append(inner), _path, View.Schema);
            using var exported = new PolicyTransformer(File.ReadAllBytes(_path), new("Copy"));
            var model = Ml.Transforms.CopyColumns("Copy", "Position").Append(Ml.Transforms.NormalizeMinMax("Copy")).Fit(View).Append(exported);
            Ml.ReinforcementLearning.ExportToOnnx(model, _path, View.Schema);

            Assert.That(ExportedChain.Run(_path, rows, actions).Scores, Is.EqualTo(model.Transform(rows).GetColumn<float[]>("Score").ToArray()).Within(1e-5f));
            Assert.That(model.Transform(rows).GetColumn<float[]>("Score").SelectMany(score => score), Is.All.Not.NaN);
        }
    }

    [Test]
    public void The_raw_columns_that_training_recorded_are_used()
    {
        var transforms = Mixed.Fit(View);
        var length = ((VectorDataViewType)transforms.GetOutputSchema(View.Schema)["Features"].Type).Size;
        var metadata = new PolicyMetadata(ObservationSpace.Unbounded(length), Support.Policies.Choices, [], PolicySchema.GetInputColumns(View.Schema));
        using var untrained = Support.Policies.Create(Support.Policies.Choices, length);
        using var policy = new PolicyTransformer(untrained.Export(metadata), new PolicyColumns("Features"));
        Ml.ReinforcementLearning.ExportToOnnx(transforms.Append(policy), _path);

        using var session = new InferenceSession(_path);
        Assert.That(session.InputMetadata.Keys, Is.EquivalentTo(new[] { "Color", "Gear", "Position", "Zone" }));
    }

    [Test]
    public void Raw_columns_of_unknown_types_are_asked_for()
    {
        Assert.That(() => Export(Mixed, schema: null), Throws.ArgumentException.With.Message.Contains("'Color', 'Gear', 'Position', 'Zone'").And.Message.Contains("inputSchema"));
        Assert.That(File.Exists(_path), Is.False);
    }

    [Test]
    public void A_schema_without_a_column_that_is_read_is_refused()
    {
        var schema = Ml.Transforms.SelectColumns("Color", "Position", "Zone").Fit(View).GetOutputSchema(View.Schema);

        Assert.That(() => Export(Mixed, schema), Throws.ArgumentException.With.Message.Contains("'Gear'"));
    }

    [Test]
    public void Transforms_that_the_policy_does_not_depend_on_are_ignored()
    {
        var pipeline = Ml.Transforms.Text.NormalizeText("Tidy", "Color")
            .Append(Ml.Transforms.CustomMapping<Speedy, Doubled>((input, output) => output.Twice = 2 * input.Speed, contractName: null))
            .Append(Ml.Transforms.ProjectToPrincipalComponents("Components", "Position", rank: 2))
            .Append(Ml.Transforms.NormalizeMinMax("Features", "Position"));
        ExportedChain.AssertSame(Ml, pipeline);
    }

    [Test]
    public void Such_transforms_are_ignored_on_columns_that_only_they_read()
    {
        var text = Ml.Transforms.CopyColumns("Copy", "Color").Append(Ml.Transforms.Categorical.OneHotHashEncoding("Hashed", "Copy")).Append(Ml.Transforms.Text.FeaturizeText("Words", "Copy"));
        var trainer = Ml.Transforms.Concatenate("Inputs", "Position").Append(Ml.BinaryClassification.Trainers.LbfgsLogisticRegression("On", "Inputs"));

        ExportedChain.AssertSame(Ml, text.Append(Ml.Transforms.Concatenate("Features", "Position")));
        ExportedChain.AssertSame(Ml, trainer.Append(Ml.Transforms.Concatenate("Features", "Position")));
        Refused(trainer.Append(Ml.Transforms.Concatenate("Features", "Position", "Score")), "BinaryPredictionTransformer", "'Score'");
    }

    [Test]
    public void A_transformer_that_does_not_map_row_to_row_is_refused()
    {
        var concatenate = Ml.Transforms.Concatenate("Features", "Position").Fit(View);
        using var policy = ExportedChain.Policy(concatenate.GetOutputSchema(View.Schema), Support.Policies.Choices);
        var model = new TransformerChain<ITransformer>(new Filter(), concatenate, policy);

        Assert.That(() => Ml.ReinforcementLearning.ExportToOnnx(model, _path, View.Schema), Throws.TypeOf<NotSupportedException>().With.Message.Contains("Filter").And.Message.Contains("row to row"));
        Assert.That(File.Exists(_path), Is.False);
    }

    [Test]
    public void A_category_that_UTF8_cannot_encode_is_refused()
    {
        var view = ChainRow.View(Ml, [new ChainRow { Color = "a\ud800" }, new ChainRow { Color = "b" }]);
        var transforms = Ml.Transforms.Categorical.OneHotEncoding("Features", "Color").Fit(view);
        using var policy = ExportedChain.Policy(transforms.GetOutputSchema(view.Schema), Support.Policies.Choices);

        Assert.That(() => Ml.ReinforcementLearning.ExportToOnnx(transforms.Append(policy), _path, view.Schema), Throws.TypeOf<NotSupportedException>().With.Message.Contains("half a surrogate pair"));
    }

    [Test]
    public void Transforms_that_cannot_be_expressed_are_refused_by_name_and_column()
    {
        var custom = Ml.Transforms.CustomMapping<Speedy, Doubled>((input, output) => output.Twice = 2 * input.Speed, contractName: null)
            .Append(Ml.Transforms.Concatenate("Features", "Position", "Twice"));
        var replacing = Ml.Transforms.CustomMapping<Speedy, Speedy>((input, output) => output.Speed = 2 * input.Speed, contractName: null)
            .Append(Ml.Transforms.Concatenate("Features", "Position", "Speed"));
        var components = Ml.Transforms.ProjectToPrincipalComponents("Features", "Position", rank: 2);
        var parsed = Ml.Transforms.Conversion.ConvertType("Number", "Color", DataKind.Single).Append(Ml.Transforms.Concatenate("Features", "Number"));
        var hashed = Ml.Transforms.Categorical.OneHotHashEncoding("Features", "Color", numberOfBits: 3);

        Assert.Multiple(() =>
        {
            Refused(custom, "CustomMappingTransformer", "'Twice'");
            Refused(replacing, "CustomMappingTransformer", "'Speed'");
            Refused(components, "PrincipalComponentAnalysisTransformer", "'Features'");
            Refused(parsed, "TypeConvertingTransformer", "'Number'");
            Refused(hashed, "OneHotHashEncodingTransformer", "'Features'");
            Assert.That(File.Exists(_path), Is.False);
        });
    }

    [Test]
    public void A_raw_column_named_like_an_output_gets_a_prefix_and_one_named_like_another_value_does_not()
    {
        var renamed = Ml.Transforms.CopyColumns("score", "Speed").Append(Ml.Transforms.CopyColumns("layer0", "Level")).Append(Ml.Transforms.CopyColumns("observation", "Weight")).Fit(View).Transform(View);
        var clashing = Ml.Transforms.Concatenate("Features", "Position", "score").Fit(renamed);
        using (var policy = ExportedChain.Policy(clashing.GetOutputSchema(renamed.Schema), Support.Policies.Choices))
        {
            Ml.ReinforcementLearning.ExportToOnnx(clashing.Append(policy), _path, renamed.Schema);
            Assert.That(Trpo.Onnx.Graph.Format.ModelProto.Parser.ParseFrom(File.ReadAllBytes(_path)).Graph.Input.Select(input => $"{input.Name}: {input.DocString}"), Has.Some.StartsWith("input_score: The column 'score'").And.Exactly(2).Items);
        }

        var fine = Ml.Transforms.NormalizeMinMax("observation").Append(Ml.Transforms.Conversion.ConvertType("Single", "observation")).Append(Ml.Transforms.Concatenate("Features", "layer0", "Single", "layer1"));
        var view = Ml.Transforms.CopyColumns("layer1", "Speed").Fit(renamed).Transform(renamed);
        var transforms = fine.Fit(view);
        using var another = ExportedChain.Policy(transforms.GetOutputSchema(view.Schema), Support.Policies.Choices);
        Ml.ReinforcementLearning.ExportToOnnx(transforms.Append(another), _path, view.Schema);
        using var session = new InferenceSession(_path);
        Assert.That(session.InputMetadata.Keys, Is.EquivalentTo(new[] { "layer0", "layer1", "observation" }));
    }

    [Test]
    public void A_vector_of_unknown_size_is_refused()
    {
        var view = Ml.Data.LoadFromEnumerable([new Unsized { Values = [1, 2] }]);
        var transforms = Ml.Transforms.ReplaceMissingValues("Features", "Values").Fit(view);
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        using var renamed = new PolicyTransformer(policy.Onnx.ToArray(), new PolicyColumns("Features"));

        Assert.That(() => Ml.ReinforcementLearning.ExportToOnnx(transforms.Append(renamed), _path, view.Schema), Throws.TypeOf<NotSupportedException>().With.Message.Contains("'Values'"));
    }

    private static EstimatorChain<ColumnConcatenatingTransformer> Mixed => Ml.Transforms.Categorical.OneHotEncoding("Color")
        .Append(Ml.Transforms.Conversion.MapKeyToVector("Zone"))
        .Append(Ml.Transforms.Conversion.ConvertType("Gear"))
        .Append(Ml.Transforms.Concatenate("Features", "Zone", "Color", "Position", "Gear"));

    private TransformerChain<PolicyTransformer> Export(IEstimator<ITransformer> pipeline, DataViewSchema? schema)
    {
        var transforms = pipeline.Fit(View);
        var model = transforms.Append(ExportedChain.Policy(transforms.GetOutputSchema(View.Schema), Support.Policies.Choices));
        Ml.ReinforcementLearning.ExportToOnnx(model, _path, schema);
        return model;
    }

    private void Refused(IEstimator<ITransformer> pipeline, string transformer, string column) =>
        Assert.That(() => Export(pipeline, View.Schema), Throws.TypeOf<NotSupportedException>().With.Message.Contains(transformer).And.Message.Contains(column));

    private sealed class Speedy { public float Speed { get; set; } }

    private sealed class Doubled
    {
        public float Twice { get; set; }
    }

    private sealed class Unsized
    {
        public float[] Values { get; set; } = [];
    }

    // Says nothing of what it does in its schema.
    private sealed class Filter : ITransformer
    {
        public bool IsRowToRowMapper => false;

        public DataViewSchema GetOutputSchema(DataViewSchema inputSchema) => inputSchema;

        public IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw new InvalidOperationException("No row mapper.");

        public void Save(ModelSaveContext ctx) => throw new InvalidOperationException("It is not saved.");

        public IDataView Transform(IDataView input) => Ml.Data.TakeRows(input, 1);
    }
}
