using System.Diagnostics;
using Microsoft.ML.OnnxRuntime;
using Trpo.Onnx;
using Trpo.Onnx.Admission;
using Trpo.Onnx.Graph.Format;
using Trpo.Onnx.Runtime;
using Trpo.Tests.Support;

namespace Trpo.Tests.Onnx.Admission;

/// <summary>Small files that ask for much: each is refused by the name of its node and the limit, before anything runs.</summary>
public sealed class GreedyGraphTests
{
    private static readonly Dictionary<string, (string Message, Func<GraphInFront, byte[]> Build)> Graphs = new()
    {
        ["pooling"] = ("MaxPool", graph => Pool(graph, 4_000)),
        ["convolution"] = ("Conv", graph => graph.Build(graph.Node("Conv", "big", [graph.Node("Expand", "image", [graph.Floats("pixel", 1, 1, 1, 1), graph.Longs("size", 1, 1, 3_000, 3_000)]), graph.Node("Expand", "filter", [graph.Floats("tap", 1, 1, 1, 1), graph.Longs("filter_size", 1, 1, 200, 200)])]))),
        ["tile"] = ("Tile", graph => graph.Build(graph.Node("Tile", "big", ["observation", graph.Longs("times", 1, 1_000_000)]))),
        ["expand"] = ("Expand", graph => graph.Build(graph.Node("Expand", "big", [graph.Floats("one", 1), graph.Longs("size", 1L << 40)]))),
        ["fill"] = ("ConstantOfShape", graph => graph.Build(graph.Node("ConstantOfShape", "big", [graph.Longs("size", 1L << 32)]))),
        ["overflow"] = ("ConstantOfShape", graph => graph.Build(graph.Node("ConstantOfShape", "big", [graph.Longs("size", 1L << 62, 1L << 62)]))),
        ["folded product"] = ("MatMul", graph => graph.Build(graph.Node("MatMul", "big", [graph.Floats("column", 20_000, 1), graph.Floats("row", 1, 20_000)]))),
        ["folded chain"] = ("Mul", FoldedChain),
        ["squared batch"] = ("square of the batch", graph => graph.Build(graph.Node("MatMul", "big", ["observation", graph.Node("Transpose", "turned", ["observation"], ("perm", new long[] { 1, 0 }))]))),
        ["batch of the batch"] = ("not known before the graph runs", graph => graph.Build(graph.Node("ConstantOfShape", "big", [graph.Node("Cast", "size", [graph.Node("ReduceSum", "sum", ["observation"], ("keepdims", 0L))], ("to", 7L))]))),
        ["texts"] = ("no input of the graph is a text", graph => graph.Build(graph.Node("Tile", "big", [graph.Texts("word", "much"), graph.Longs("times", 100_000_000)]))),
        ["texts of numbers"] = ("no input of the graph is a text", graph => graph.Build(graph.Node("Cast", "big", ["observation"], ("to", 8L)))),
        ["padding"] = ("Pad", graph => graph.Build(graph.Node("Pad", "big", ["observation", graph.Longs("pads", 0, 0, 0, 1 << 30)]))),
        ["range"] = ("Range", graph => graph.Build(graph.Node("Range", "big", [graph.Long("from", 0), graph.Long("to", 1L << 40), graph.Long("step", 1)]))),
        ["range of none"] = ("not one number", graph => graph.Build(graph.Node("Range", "big", [graph.Longs("none"), graph.Long("to", 5), graph.Long("step", 1)]))),
        ["one-hot of none"] = ("not one number", graph => graph.Build(graph.Node("OneHot", "big", [graph.Node("Cast", "places", ["observation"], ("to", 7L)), graph.Longs("none"), graph.Floats("values", 2)]))),
        ["regression of a scalar"] = ("do not fit", graph => graph.Build(graph.Node("ai.onnx.ml", "LinearRegressor", ["big"], [graph.Floats("scalar")], ("coefficients", new[] { 1f })))),
        ["one-hot"] = ("OneHot", graph => graph.Build(graph.Node("OneHot", "big", [graph.Node("Cast", "places", ["observation"], ("to", 7L)), graph.Long("depth", 1L << 40), graph.Floats("values", 2)]))),
        ["nodes"] = ("nodes, and 4096 are admitted", DeepNest),
        ["unique"] = ("'Unique'", graph => graph.Build(graph.Node("Unique", "big", ["observation"]))),
        ["nonzero"] = ("'NonZero'", graph => graph.Build(graph.Node("NonZero", "big", ["observation"]))),
        ["multinomial"] = ("'Multinomial'", graph => graph.Build(graph.Node("Multinomial", "big", ["observation"], ("sample_size", 1L << 40)))),
        ["foreign operator"] = ("'FusedMatMul' of 'com.microsoft'", graph => graph.Build(graph.Node("com.microsoft", "FusedMatMul", ["big"], ["observation", "observation"]))),
        ["reused weights"] = ("operations for each row", ReusedWeights),
        ["reused weights of nothing"] = ("counted for each of them, and 65 are admitted", FoldedWeights),
        ["defined twice"] = ("defined twice", graph => graph.Build(graph.Node("Identity", "observation", [graph.Floats("other", 1, 4)]))),
    };

    private static IEnumerable<string> Names => Graphs.Keys;

    [TestCaseSource(nameof(Names))]
    public void A_greedy_graph_is_refused_by_name_before_it_runs(string name)
    {
        var bytes = Graphs[name].Build(new GraphInFront());
        var clock = Stopwatch.StartNew();

        Assert.That(() => PolicySession.Open(bytes), Throws.TypeOf<InvalidDataException>().With.Message.Contains(Graphs[name].Message));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void A_moderate_graph_of_the_same_operators_opens()
    {
        Assert.That(() => PolicySession.Open(Pool(new GraphInFront(), 5)).Dispose(), Throws.Nothing);
        var graph = new GraphInFront();
        graph.Node("Reshape", "image", ["observation", graph.Longs("size", -1, 1, 2, 2)]);
        graph.Node("Conv", "filtered", ["image", graph.Floats("filter", 8, 1, 2, 2)], ("pads", new long[] { 1, 1, 1, 1 }));
        graph.Node("Relu", "active", ["filtered"]);
        Assert.That(() => PolicySession.Open(graph.Build("active")).Dispose(), Throws.Nothing);
    }

    [Test]
    public void The_callers_word_opens_what_is_not_admitted()
    {
        var bytes = new GraphInFront() is var graph ? graph.Build(graph.Node("NonZero", "places", ["observation"])) : [];

        using var session = PolicySession.Open(bytes, trust: true);
        using var policy = new PolicyTransformer(bytes, new(), selection: null, trust: true);
        Assert.That(session.Metadata.Observations.Length, Is.EqualTo(policy.Metadata.Observations.Length));
        Assert.That(() => new PolicyTransformer(bytes, new()), Throws.TypeOf<InvalidDataException>().With.Message.Contains("'NonZero'").And.Message.Contains("trust: true"));
    }

    [Test]
    public void Metadata_are_limited_before_they_are_read()
    {
        var graph = new GraphInFront();
        graph.Model.MetadataProps.Add(new StringStringEntryProto { Key = "other", Value = new string('x', 17 << 20) });
        var bytes = graph.BuildBeside();
        var before = GC.GetAllocatedBytesForCurrentThread();

        Assert.That(() => PolicySession.Open(bytes), Throws.TypeOf<InvalidDataException>().With.Message.Contains("16777216 are admitted"));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(1 << 20));
    }

    [Test]
    public async Task A_hostile_file_stops_no_other_load()
    {
        var hostile = Pool(new GraphInFront(), 4_000);
        byte[] good = new GraphInFront() is var graph ? graph.Build(graph.Node("Identity", "same", ["observation"])) : [];
        PolicySession.Open(good).Dispose();
        var clock = Stopwatch.StartNew();

        var refused = Task.Factory.StartNew(() => Assert.That(() => PolicySession.Open(hostile), Throws.TypeOf<InvalidDataException>()), TaskCreationOptions.LongRunning);
        var opened = Enumerable.Range(0, 6).Select(_ => Task.Factory.StartNew(() => PolicySession.Open(good).Dispose(), TaskCreationOptions.LongRunning));
        await Task.WhenAll([refused, .. opened]);

        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(2)));
    }

    [Test]
    public void Onnx_runtime_fuses_nodes_but_computes_no_constant_when_it_opens_a_graph()
    {
        using var folder = new TemporaryFolder();
        var graph = new GraphInFront();
        graph.Node("Expand", "big", [graph.Floats("one", 1), graph.Longs("size", 1_000)]);
        graph.Node("MatMul", "product", ["observation", graph.Floats("weights", 4, 4)]);
        graph.Node("Add", "sum", ["product", graph.Floats("bias", 4)]);
        var bytes = graph.Build(graph.Node("Add", "both", [graph.Node("ReduceSum", "total", ["big"], ("keepdims", 0L)), "sum"]));
        var path = folder.PathOf("optimized.onnx");
        using (var options = SessionSettings.Create())
        {
            options.OptimizedModelFilePath = path;
            new InferenceSession(bytes, options).Dispose();
        }

        var operators = ModelProto.Parser.ParseFrom(File.ReadAllBytes(path)).Graph.Node.Select(node => node.OpType).ToList();
        Assert.That(operators, Does.Contain("Expand"), "nothing is folded");
        Assert.That(operators, Does.Contain("Gemm").And.Not.Contain("MatMul"), "a product and a sum are one node");
    }

    [Test]
    public void The_documentation_lists_the_operators_that_are_admitted()
    {
        var page = File.ReadAllText(Path.Combine(Repository.Root, "docs", "safety.md"));
        foreach (var domain in OperatorTable.Rules.Keys.GroupBy(key => key.Domain, key => key.Name))
        {
            var title = domain.Key.Length == 0 ? "ai.onnx" : domain.Key;
            var row = page.Split('\n').Single(line => line.StartsWith($"| `{title}` |", StringComparison.Ordinal));
            Assert.That(row.Split('|')[2].Split(',', StringSplitOptions.TrimEntries), Is.EquivalentTo(domain));
        }
    }

    // A window of size by size, around each of as many pixels.
    private static byte[] Pool(GraphInFront graph, long size)
    {
        graph.Node("Expand", "image", [graph.Floats("pixel", 1, 1, 1, 1), graph.Longs("size", 1, 1, size, size)]);
        return graph.Build(graph.Node("MaxPool", "big", ["image"], ("kernel_shape", new[] { size / 2, size / 2 })));
    }

    // Each node is small; together they are not.
    private static byte[] FoldedChain(GraphInFront graph)
    {
        graph.Node("Expand", "value0", [graph.Floats("one", 1), graph.Longs("size", 1_000_000)]);
        for (var i = 1; i <= 100; i++)
            graph.Node("Mul", $"value{i}", [$"value{i - 1}", "one"]);
        return graph.Build("value100");
    }

    private static byte[] DeepNest(GraphInFront graph)
    {
        for (var i = 0; i < 5_000; i++)
            graph.Node("Identity", $"value{i}", [i == 0 ? "observation" : $"value{i - 1}"]);
        return graph.Build("value4999");
    }

    // One weight of 640 kB, which OnnxRuntime rearranges for each node that multiplies a constant with it.
    private static byte[] FoldedWeights(GraphInFront graph)
    {
        graph.Floats("weights", 400, 400);
        graph.Node("Identity", "same", ["weights"]);
        graph.Floats("value0", 1, 400);
        for (var i = 1; i < 300; i++)
            graph.Node("MatMul", $"value{i}", [$"value{i - 1}", "same"]);
        return graph.Build("value299");
    }

    private static byte[] ReusedWeights(GraphInFront graph)
    {
        graph.Node("MatMul", "value0", ["observation", graph.Floats("widen", 4, 1_024)]);
        graph.Floats("weights", 1_024, 1_024);
        for (var i = 1; i < 1_000; i++)
            graph.Node("MatMul", $"value{i}", [$"value{i - 1}", "weights"]);
        return graph.Build("value999");
    }
}
