using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Estimators;
using Trpo.Estimators.Logs;
using Trpo.Onnx;
using Trpo.Tests.Support;

namespace Trpo.Tests.Logs.Candidates;

/// <summary>Tests of the results that code about candidates as in docs/logged-decisions.md has: learning, and the id of the chosen candidate.</summary>
public sealed class CandidateDocumentTests
{
    [Test]
    public void The_documented_learning_among_candidates_works()
    {
        var ml = new MLContext(seed: 1);
        using var folder = new TemporaryFolder();
        var onnxPath = folder.PathOf("recommender.onnx");
        Shown[] rows = [.. CandidateWorld.Draw(2_000, seed: 21, minCandidates: 3).Select(row => new Shown
        {
            Visitor = row.Context, Items = row.Features, Exists = row.Eligible, ItemIds = row.Ids, Action = row.Action, Probability = (float)row.Probability, Reward = (float)row.Reward,
        })];

        // The log: the visitor, up to 10 items with 5 features each, padded with zeros, which of them exist, and the index of the one that was shown.
        var parts = ml.Data.TrainTestSplit(ml.Data.LoadFromEnumerable(rows), testFraction: 0.3);
        var columns = new LogColumns { ActionFeatures = "Items", Eligible = "Exists" };

        // The observation is what the policy reads: any context, then the items, then the mask.
        var pipeline = ml.Transforms.Concatenate("Observation", "Visitor", "Items", "Exists")
            .Append(ml.ReinforcementLearning.Trainers.TrpoFromLog(columns));
        var model = pipeline.Fit(parts.TrainSet);
        Console.WriteLine(ml.ReinforcementLearning.EvaluateFromLog(model, parts.TestSet, columns));

        // In a chain: the action is a key, which counts from 1 in memory.
        var chain = model.Append(ml.Transforms.CustomMapping<Choice, Chosen>(
            (row, chosen) => chosen.ItemId = row.Action == 0 ? "" : row.ItemIds[row.Action - 1], contractName: null).Fit(model.Transform(parts.TestSet)));
        var ids = chain.Transform(parts.TestSet).GetColumn<string>("ItemId").ToList();

        // In a program: the action is the index.
        ml.ReinforcementLearning.ExportToOnnx(model, onnxPath, parts.TestSet.Schema);
        using var session = PolicySession.Open(onnxPath);
        var shown = rows[0];
        var id = shown.ItemIds[session.ActOn(shown)];

        var tested = ml.Data.CreateEnumerable<Shown>(parts.TestSet, reuseRowObject: false).ToList();
        Assert.That(ids, Has.Count.EqualTo(tested.Count));
        Assert.That(ids, Is.EqualTo(tested.Select(row => row.ItemIds[session.ActOn(row)])));
        Assert.That(ids, Is.All.StartsWith("item "), "no padding is chosen");
        Assert.That(id, Does.StartWith("item "));
        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.Managed));
        using var policy = PolicySession.Open(model.LastTransformer.Onnx.ToArray());
        Assert.That(tested.Select(row => policy.Act([.. row.Visitor, .. row.Items, .. row.Exists])), Is.EqualTo(tested.Select(row => session.ActOn(row))));
    }

    private sealed class Shown
    {
        [VectorType(4)]
        public float[] Visitor { get; set; } = [];

        [VectorType(50)]
        public float[] Items { get; set; } = [];

        [VectorType(10)]
        public float[] Exists { get; set; } = [];

        [VectorType(10)]
        public string[] ItemIds { get; set; } = [];

        public float Action { get; set; }

        public float Probability { get; set; }

        public float Reward { get; set; }
    }

    private sealed class Choice
    {
        [KeyType(10)]
        public uint Action { get; set; }

        [VectorType(10)]
        public string[] ItemIds { get; set; } = [];
    }

    private sealed class Chosen
    {
        public string ItemId { get; set; } = "";
    }
}
