using System.Diagnostics;
using Microsoft.ML;
using Microsoft.ML.Data;
using Trpo.Onnx;
using Trpo.Onnx.Graph.Format;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Admission;

/// <summary>Decision trees in front of a policy: those of a converter open, and lists that are no trees are refused by the reason.</summary>
public sealed class TreeAdmissionTests
{
    private static readonly Dictionary<string, (string Attribute, object? Value, string Message)> Defects = new()
    {
        ["no nodes"] = ("nodes_nodeids", null, "has no nodes"),
        ["no trees"] = ("nodes_treeids", null, "'nodes_treeids' has 0 values instead of 8"),
        ["few values"] = ("nodes_values", new float[7], "'nodes_values' has 7 values instead of 8"),
        ["few modes"] = ("nodes_modes", new[] { "LEAF" }, "'nodes_modes' has 1 values instead of 8"),
        ["few missing tracks"] = ("nodes_missing_value_tracks_true", new long[3], "'nodes_missing_value_tracks_true' has 3 values instead of 8"),
        ["few weights"] = ("target_weights", new float[4], "'target_weights' has 4 values instead of 5"),
        ["few votes"] = ("target_nodeids", new long[] { 1, 2, 1, 3 }, "'target_nodeids' has 4 values instead of 5"),
        ["no votes"] = ("target_ids", Array.Empty<long>(), "instead of 0"),
        ["unknown mode"] = ("nodes_modes", new[] { "BRANCH_LEQ", "LEAF", "LEAF", "BRANCH_LEQ", "LEAF", "BRANCH_SET", "LEAF", "LEAF" }, "'BRANCH_SET'"),
        ["child out of range"] = ("nodes_truenodeids", new long[] { 1, 0, 0, 1, 0, 1_000_000, 0, 0 }, "leads to the node 1000000"),
        ["child of another tree"] = ("nodes_falsenodeids", new long[] { 4, 0, 0, 2, 0, 4, 0, 0 }, "leads to the node 4"),
        ["child below zero"] = ("nodes_falsenodeids", new long[] { -1, 0, 0, 2, 0, 4, 0, 0 }, "leads to the node -1"),
        ["child that wraps"] = ("nodes_falsenodeids", new long[] { (1L << 32) + 2, 0, 0, 2, 0, 4, 0, 0 }, "leads to the node 4294967298"),
        ["cycle"] = ("nodes_falsenodeids", new long[] { 2, 0, 0, 2, 0, 0, 0, 0 }, "the node 0 of the tree 1 is reached twice"),
        ["own child"] = ("nodes_falsenodeids", new long[] { 0, 0, 0, 2, 0, 4, 0, 0 }, "the node 0 of the tree 0 is reached twice"),
        ["shared child"] = ("nodes_falsenodeids", new long[] { 2, 0, 0, 2, 0, 3, 0, 0 }, "the node 3 of the tree 1 is reached twice"),
        ["id out of range"] = ("nodes_nodeids", new long[] { 0, 1, 2, 0, 1, 2, 3, 99 }, "the node 99 of the tree 1 is out of the range"),
        ["id twice"] = ("nodes_nodeids", new long[] { 0, 1, 1, 0, 1, 2, 3, 4 }, "the node 1 of the tree 0 is listed twice"),
        ["trees in turns"] = ("nodes_treeids", new long[] { 0, 0, 0, 1, 1, 1, 0, 1 }, "the tree"),
        ["column out of range"] = ("nodes_featureids", new long[] { 4, 0, 0, 3, 0, 2, 0, 0 }, "compares the column 4 of 4"),
        ["column below zero"] = ("nodes_featureids", new long[] { 1, 0, 0, -3, 0, 2, 0, 0 }, "compares the column -3 of 4"),
        ["vote out of range"] = ("target_ids", new long[] { 0, 1, 0, 1, 2 }, "its vote 4 is for the result 2 of 2"),
        ["vote of a branch"] = ("target_nodeids", new long[] { 0, 2, 1, 3, 4 }, "its vote 0 is of the node 0 of the tree 0, which is no leaf"),
        ["vote of nothing"] = ("target_treeids", new long[] { 0, 0, 1, 1, 7 }, "its vote 4 is of the node 4 of the tree 7"),
        ["leaf without a vote"] = ("target_nodeids", new long[] { 1, 2, 1, 3, 3 }, "the node 4 of the tree 1 is a leaf without a vote"),
        ["base values"] = ("base_values", new float[3], "3 base values for 2 results"),
        ["aggregate"] = ("aggregate_function", "PRODUCT", "'aggregate_function' is 'PRODUCT'"),
        ["tensor"] = ("nodes_values_as_tensor", 1L, "'nodes_values_as_tensor'"),
        ["other type"] = ("nodes_featureids", new float[8], "is of the type Floats instead of Ints"),
    };

    private static IEnumerable<string> Names => Defects.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_list_that_is_no_tree_is_refused(string name)
    {
        var (attribute, value, message) = Defects[name];
        Assert.That(() => PolicySession.Open(Build(Trees.With(attribute, value))), Throws.TypeOf<InvalidDataException>().With.Message.Contains(message).And.Message.Contains("TreeEnsembleRegressor"));
    }

    [Test]
    public void Trees_that_are_in_order_open_and_run()
    {
        using var session = PolicySession.Open(Build(Trees.With("base_values", new[] { 0.5f, 0.5f })));
        using var batch = session.CreateBatch(3);
        batch.Run(3);

        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.OnnxRuntime));
        Assert.That(() => PolicySession.Open(Build(Trees.Chain(1_000))).Dispose(), Throws.Nothing);
    }

    [Test]
    public void Deep_and_costly_trees_are_refused_with_the_number_and_the_limit()
    {
        var clock = Stopwatch.StartNew();

        Assert.That(() => PolicySession.Open(Build(Trees.Chain(1_500))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("on the level 1025, and 1024 are admitted"));
        Assert.That(() => PolicySession.Open(Build(Trees.With("n_targets", 1L << 40))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("are admitted"));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void An_attribute_that_is_listed_twice_is_refused() =>
        Assert.That(() => PolicySession.Open(Build([.. Trees.With("n_targets", 2L), ("n_targets", 3L)])), Throws.TypeOf<InvalidDataException>().With.Message.Contains("the attribute 'n_targets' twice"));

    [Test]
    public void The_counts_of_n_grams_that_would_be_written_out_of_range_are_refused()
    {
        static byte[] Count(params (string Name, object Value)[] changed)
        {
            (string Name, object Value)[] all = [("mode", "TF"), ("min_gram_length", 1L), ("max_gram_length", 1L), ("max_skip_count", 0L), ("ngram_counts", new long[] { 0 }), ("ngram_indexes", new long[] { 0, 1 }), ("pool_int64s", new long[] { 0, 1 })];
            var graph = new GraphInFront();
            return graph.Build(graph.Node("TfIdfVectorizer", "terms", [graph.Node("Cast", "places", ["observation"], ("to", 7L))], [.. all.Where(attribute => changed.All(other => other.Name != attribute.Name)), .. changed]));
        }

        Assert.Multiple(() =>
        {
            Assert.That(() => PolicySession.Open(Count()).Dispose(), Throws.Nothing);
            Assert.That(() => PolicySession.Open(Count(("ngram_indexes", new long[] { 0, 1L << 40 }))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("not those of a pool"));
            Assert.That(() => PolicySession.Open(Count(("ngram_indexes", new long[] { 0 }))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("not those of a pool"));
            Assert.That(() => PolicySession.Open(Count(("ngram_counts", new long[] { 7 }))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("begin at 7 of 2"));
            Assert.That(() => PolicySession.Open(Count(("weights", new float[1]))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("1 weights"));
            Assert.That(() => PolicySession.Open(Count(("max_skip_count", 1L << 40))), Throws.TypeOf<InvalidDataException>().With.Message.Contains("64 are admitted"));
        });
    }

    [Test]
    public void Trees_of_the_converter_are_merged_in_front_of_a_policy()
    {
        var ml = new MLContext(seed: 1);
        var view = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 200).Select(i => new Row { Raw = [i % 7, i % 3], Label = (i % 7) - (i % 3) }));
        var preprocessing = ml.Regression.Trainers.FastTree("Label", "Raw", numberOfTrees: 5, numberOfLeaves: 4)
            .Append(ml.Transforms.Concatenate("Observation", "Score", "Raw", "Score")).Fit(view);
        using var stream = new MemoryStream();
        ml.Model.ConvertToOnnx(preprocessing, view, 12, stream);
        stream.Position = 0;
        using var policy = Support.Policies.Transformer(Support.Policies.Choices);
        using var folder = new TemporaryFolder();
        var path = folder.PathOf("merged.onnx");

        PolicyModel.ExportToOnnx(policy, path, stream);

        Assert.That(ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Node.Select(node => node.OpType), Does.Contain("TreeEnsembleRegressor"));
    }

    private static byte[] Build((string Name, object Value)[] attributes)
    {
        var graph = new GraphInFront();
        return graph.Build(graph.Node("ai.onnx.ml", "TreeEnsembleRegressor", ["big"], ["observation"], attributes));
    }

    private sealed class Row
    {
        [VectorType(2)]
        public float[] Raw { get; set; } = [];

        public float Label { get; set; }
    }
}
