using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;
using Trpo.Onnx.Interop;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Logs.Learning;

/// <summary>Tests that a policy is learned from a text file behind transforms, and that what is saved, loaded and exported has the probabilities of the one that was learned.</summary>
public sealed class LearningPipelineTests
{
    private static readonly TrpoFromLogOptions Options = new() { Seed = 1, Iterations = 10, HiddenLayers = [8] };

    private readonly MLContext _ml = new(seed: 1);

    [Test]
    public void A_policy_is_learned_from_a_text_file_saved_loaded_and_exported()
    {
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("log.csv");
        File.WriteAllLines(path, ["age,device,banner,p,clicked", .. Lines(1_000)]);
        var log = _ml.Data.LoadFromTextFile(path, [new("Age", DataKind.Single, 0), new("Device", DataKind.String, 1), new("Banner", DataKind.String, 2), new("P", DataKind.Single, 3), new("Clicked", DataKind.Boolean, 4)], separatorChar: ',', hasHeader: true);
        var columns = new LogColumns(Action: "Banner", Reward: "Clicked") { Probability = "P" };
        var pipeline = _ml.Transforms.Categorical.OneHotEncoding("Device")
            .Append(_ml.Transforms.NormalizeMeanVariance("Age"))
            .Append(_ml.Transforms.Concatenate("Observation", "Age", "Device"))
            .Append(_ml.ReinforcementLearning.Trainers.TrpoFromLog(columns, Options));
        var shape = pipeline.GetOutputSchema(Shape(log.Schema));
        var model = pipeline.Fit(log);
        using var policy = model.LastTransformer;
        var visits = _ml.Data.LoadFromEnumerable(new[] { new Visit { Age = 20, Device = "phone" }, new Visit { Age = 70, Device = "desk" }, new Visit { Age = 40, Device = "watch" } });
        var scores = Scores(model, visits);
        var (saved, exported) = (folder.PathOf("policy.zip"), folder.PathOf("policy.onnx"));
        PolicyModel.Save(_ml, model, log.Schema, saved);
        _ml.ReinforcementLearning.ExportToOnnx(model, exported, visits.Schema);
        var loaded = PolicyModel.Load(_ml, saved, out _);
        using var session = PolicySession.Open(exported);
        using var batch = session.CreateBatch(1);
        batch.SetRow(0, new Visit { Age = 20, Device = "phone" });
        batch.Run(1);

        // Phones click on "red", others on "blue"; nobody on "grey".
        Assert.That(policy.Metadata.Actions.ScoreNames, Is.EqualTo(new[] { "blue", "grey", "red" }));
        Assert.That(scores[0][2], Is.GreaterThan(0.5));
        Assert.That(scores[1][0], Is.GreaterThan(0.5));
        Assert.That(scores[2].Sum(), Is.EqualTo(1).Within(1e-5), "a device that the log never had is a row of zeros");
        Assert.That(Scores(loaded, visits), Is.EqualTo(scores));
        Assert.That(batch.Score(0).ToArray(), Is.EqualTo(scores[0]).Within(1e-6f));
        Assert.That(policy.Metadata.Observations.Names, Does.Contain("Age").And.Some.Contains("phone"));
        Assert.That(shape.Select(column => column.Name), Does.Contain("Action").And.Contain("Score").And.Contain("Banner"));
        Assert.That(_ml.ReinforcementLearning.EvaluateFromLog(model, log, columns).Estimates, Is.Not.Empty);
        (loaded as IDisposable)?.Dispose();
    }

    [Test]
    public void The_policy_has_the_probabilities_that_were_learned()
    {
        // The value that learning reports is that of the policy that it returns, on the same rows.
        var reports = new Reports();
        var rows = SyntheticWorld.Decisions(400, seed: 2);
        using var policy = TinyLog.Learn(rows, Options with { HeldOutShare = 0, Progress = reports, Estimator = LearningEstimator.SNIPS });
        var sampled = _ml.ReinforcementLearning.EvaluateFromLog(policy, Decision.View(_ml, rows), new LogColumns(), new LogEvaluationOptions { Selection = ActionSelection.Sample() });

        Assert.That(sampled[OffPolicyEstimator.SNIPS].Value, Is.EqualTo(reports.Last.Value).Within(1e-5));
        Assert.That(sampled.EffectiveSampleSize, Is.EqualTo(reports.Last.EffectiveRows).Within(0.01).Percent);
    }

    [Test]
    public void Keys_numbers_texts_and_logarithms_of_probabilities_give_the_same_policy()
    {
        var view = _ml.Transforms.Conversion.MapValueToKey("Key", "Name", keyOrdinality: Microsoft.ML.Transforms.ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(Decision.View(_ml, TinyLog.Rows())).Transform(Decision.View(_ml, TinyLog.Rows()));
        float[][][] scores = [.. new[] { new LogColumns(), new LogColumns("Name"), new LogColumns("Key"), new LogColumns { LogProbability = "LogProbability" } }.Select(columns =>
        {
            using var policy = _ml.ReinforcementLearning.Trainers.TrpoFromLog(columns, Options).Fit(view);
            Assert.That(policy.Metadata.Actions.ScoreNames, Is.EqualTo(columns.Action == "Action" ? new[] { "0", "1" } : ["left", "right"]));
            return SyntheticWorld.Scores(policy, TinyLog.Contexts);
        })];

        Assert.That(scores, Is.All.EqualTo(scores[0]));
    }

    [Test]
    public void A_policy_learned_with_masks_keeps_to_them()
    {
        // Action 2 pays most, but is seldom eligible.
        Decision[] rows = [.. Enumerable.Range(0, 600).Select(i =>
        {
            var isRare = i % 3 == 0;
            var action = isRare ? i / 3 % 3 : i % 2;
            return new Decision { Observation = [i % 2 == 0 ? 1 : -1], Action = action, Probability = isRare ? 1 / 3.0 : 0.5, Reward = action + (i % 7 * 0.1), Eligible = [1, 1, isRare ? 1 : 0] };
        })];
        var columns = new LogColumns { Eligible = "Eligible" };
        var view = Decision.View(_ml, rows);
        var model = _ml.Transforms.Concatenate("Observation", "Observation", "Eligible").Append(_ml.ReinforcementLearning.Trainers.TrpoFromLog(columns, Options with { Iterations = 30 })).Fit(view);
        var scores = Scores(model, view);

        Assert.That(model.LastTransformer.Metadata.HasActionMask, Is.True);
        Assert.That(scores.Where((_, i) => i % 3 != 0).Select(score => score[2]), Is.All.Zero);
        Assert.That(scores.Where((_, i) => i % 3 == 0).Select(score => score[2]), Is.All.GreaterThan(0.5));
        Assert.That(scores.Where((_, i) => i % 3 != 0).Select(score => score[1]), Is.All.GreaterThan(0.5));
        Assert.That(_ml.ReinforcementLearning.EvaluateFromLog(model, view, columns).Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        model.LastTransformer.Dispose();
    }

    [Test]
    public void Texts_under_a_mask_have_the_order_of_the_options()
    {
        Decision[] rows = [.. TinyLog.Rows().Select(row => row with { Observation = [row.Observation[0], 1, 1] })];
        var columns = new LogColumns("Name") { Eligible = "Eligible" };
        using var policy = TinyLog.Learn(rows, Options with { Actions = ActionSpace.Discrete("right", "left") }, columns);

        Assert.That(policy.Metadata.Actions.ScoreNames, Is.EqualTo(new[] { "right", "left" }));
        Assert.That(SyntheticWorld.Scores(policy, [[-1, 1, 1]])[0][1], Is.GreaterThan(0.5));
        Assert.That(SyntheticWorld.Scores(policy, [[-1, 1, 0]])[0], Is.EqualTo(new[] { 1, 0 }));
        Assert.That(() => TinyLog.Learn(rows, Options, columns), Throws.ArgumentException.With.Message.Contains("set Actions in the options"));
    }

    [Test]
    public void A_schema_without_a_column_is_refused_before_anything_is_read()
    {
        var shape = Shape(Decision.View(_ml, TinyLog.Rows()).Schema);
        Assert.That(() => Trainer(new LogColumns("Choice")).GetOutputSchema(shape), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("Could not find action column 'Choice'"));
        Assert.That(() => Trainer(new LogColumns { Observation = "State" }).GetOutputSchema(shape), Throws.TypeOf<ArgumentOutOfRangeException>().With.Message.Contains("'State'"));
        Assert.That(() => Trainer(new LogColumns { Probability = null }).GetOutputSchema(shape), Throws.ArgumentException.With.Message.Contains("names no column of probabilities"));

        TrpoFromLogEstimator Trainer(LogColumns columns) => _ml.ReinforcementLearning.Trainers.TrpoFromLog(columns);
    }

    private static IEnumerable<string> Lines(int count)
    {
        string[] devices = ["phone", "desk"], banners = ["red", "blue", "grey"];
        for (var i = 0; i < count; i++)
        {
            var (device, banner) = (devices[i % 2], banners[i / 2 % 3]);
            var clicks = banner != "grey" && (device == "phone") == (banner == "red") ? i % 5 != 0 : i % 11 == 0;
            yield return string.Create(CultureInfo.InvariantCulture, $"{20 + (i * 7 % 60)},{device},{banner},0.3333333,{(clicks ? 1 : 0)}");
        }
    }

    private static float[][] Scores(ITransformer model, IDataView view) => [.. model.Transform(view).GetColumn<float[]>("Score")];

    private static SchemaShape Shape(DataViewSchema schema) => MicrosoftMLInternals.ShapeOf(schema);

    private sealed class Visit
    {
        public float Age { get; set; }

        public string Device { get; set; } = "";
    }
}
