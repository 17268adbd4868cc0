using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Estimators.Logs.Evaluation;
using Trpo.Estimators.Logs.Learning;
using Trpo.Onnx;
using Trpo.Reports;
using Trpo.Runtime.Randomness;
using Trpo.Tests.Support;

namespace Trpo.Tests.Logs;

/// <summary>Tests of the results that code as in docs/logged-decisions.md has, and that the page names every number and fault.</summary>
public sealed class LogDocumentTests
{
    [Test]
    public void The_documented_evaluation_works()
    {
        var ml = new MLContext(seed: 1);
        IEnumerable<Impression> impressions = Impressions(2_000);

        // A log of decisions: the context, the action, the probability with which it was drawn, and the reward.
        var log = ml.Data.LoadFromEnumerable(impressions);
        var columns = new LogColumns(Action: "Banner", Reward: "Clicked") { Observation = "Visitor" };
        ml.ReinforcementLearning.CheckLog(log, columns).ThrowIfFailed();

        // A rule: banner 1 for visitors whose first number is positive, mostly banner 0 for others.
        var evaluation = ml.ReinforcementLearning.EvaluateFromLog(
            context => context.Observation.Span[0] > 0 ? [0, 1, 0] : [0.9, 0, 0.1], log, columns);
        Console.WriteLine(evaluation);

        using var folder = new TemporaryFolder();
        var path = folder.PathOf("report.html");
        LogEvaluationReport.Save(evaluation, path, "Banner rule");

        Assert.That(path, Does.Exist);
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        Assert.That(evaluation[OffPolicyEstimator.DR].Value, Is.EqualTo(0.48).Within(0.1), "half of the visitors click with probability 0.5, the others with 0.9 x 0.5 + 0.1 x 0.1");
    }

    [Test]
    public void The_documented_learning_works()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        var (path, onnxPath) = (folder.PathOf("log.csv"), folder.PathOf("banners.onnx"));
        File.WriteAllLines(path, ["age,device,banner,probability,clicked", .. Visits(3_000)]);

        // The log: who came, which banner was shown with which probability, and whether it was clicked.
        var log = ml.Data.LoadFromTextFile<Visit>(path, separatorChar: ',', hasHeader: true);
        var parts = ml.Data.TrainTestSplit(log, testFraction: 0.3);
        var columns = new LogColumns(Action: "Banner", Reward: "Clicked");

        // Any transforms in front; the policy chooses among the banners of the log.
        var pipeline = ml.Transforms.Categorical.OneHotEncoding("Device")
            .Append(ml.Transforms.Concatenate("Observation", "Age", "Device"))
            .Append(ml.ReinforcementLearning.Trainers.TrpoFromLog(columns));
        var model = pipeline.Fit(parts.TrainSet);

        // Is it better than the log? Rows that it has not seen tell.
        var evaluation = ml.ReinforcementLearning.EvaluateFromLog(model, parts.TestSet, columns);
        Console.WriteLine(evaluation);

        // Only the columns that the transforms read are needed to act.
        ml.ReinforcementLearning.ExportToOnnx(model, onnxPath, ml.Data.LoadFromEnumerable<Visitor>([]).Schema);

        using var policy = PolicySession.Open(onnxPath);
        Assert.That(evaluation.Gain.Verdict, Is.EqualTo(LogVerdict.Better));
        Assert.That(evaluation[OffPolicyEstimator.DR].Value, Is.EqualTo(0.5).Within(0.1));
        Assert.That(policy.Metadata.Actions.Names[policy.ActOn(new Visitor { Age = 30, Device = "phone" })], Is.EqualTo("red"));
        Assert.That(policy.Metadata.Actions.Names[policy.ActOn(new Visitor { Age = 30, Device = "desk" })], Is.EqualTo("blue"));
        model.LastTransformer.Dispose();
    }

    [Test]
    public void The_page_names_every_estimator_number_and_fault()
    {
        var text = File.ReadAllText(Path.Combine(Repository.Root, "docs", "logged-decisions.md"));
        IEnumerable<string> names =
        [
            .. Enum.GetNames<OffPolicyEstimator>(), .. Enum.GetNames<LearningEstimator>(), .. Enum.GetNames<LearningOutcome>(), .. Enum.GetNames<LogFault>(), .. Enum.GetNames<LogBaselineKind>(), .. Enum.GetNames<LogVerdict>(),
            .. typeof(LogEvaluation).GetProperties().Select(property => property.Name).Where(name => name is not ("Item" or "Rows" or "ActionNames" or "Estimates" or "MeanWeightError")),
        ];

        Assert.That(names.Where(name => !text.Contains($"`{name}`", StringComparison.Ordinal)), Is.Empty);
    }

    private static IEnumerable<Impression> Impressions(int count)
    {
        var random = new RandomSource(1);
        for (var i = 0; i < count; i++)
        {
            float[] visitor = [(float)random.NextGaussian(), (float)random.NextGaussian()];
            var banner = random.NextDouble() switch { < 0.3 => 0, < 0.6 => 1, _ => 2 };
            var chance = banner == 2 ? 0.1 : visitor[0] > 0 == (banner == 1) ? 0.5 : 0.1;
            yield return new Impression { Visitor = visitor, Banner = banner, Probability = banner == 2 ? 0.4f : 0.3f, Clicked = random.NextDouble() < chance };
        }
    }

    private static IEnumerable<string> Visits(int count)
    {
        var random = new RandomSource(2);
        for (var i = 0; i < count; i++)
        {
            var device = random.NextDouble() < 0.5 ? "phone" : "desk";
            var banner = random.NextDouble() switch { < 0.25 => "red", < 0.5 => "blue", _ => "grey" };
            var clicks = random.NextDouble() < (banner == "grey" ? 0.1 : device == "phone" == (banner == "red") ? 0.5 : 0.1);
            yield return string.Create(CultureInfo.InvariantCulture, $"{20 + (int)(50 * random.NextDouble())},{device},{banner},{(banner == "grey" ? 0.5 : 0.25)},{(clicks ? 1 : 0)}");
        }
    }

    private sealed class Visitor
    {
        public float Age { get; set; }

        public string Device { get; set; } = "";
    }

    private sealed class Visit
    {
        [LoadColumn(0)]
        public float Age { get; set; }

        [LoadColumn(1)]
        public string Device { get; set; } = "";

        [LoadColumn(2)]
        public string Banner { get; set; } = "";

        [LoadColumn(3)]
        public float Probability { get; set; }

        [LoadColumn(4)]
        public bool Clicked { get; set; }
    }

    private sealed class Impression
    {
        [VectorType(2)]
        public float[] Visitor { get; set; } = [];

        public int Banner { get; set; }

        public float Probability { get; set; }

        public bool Clicked { get; set; }
    }
}
