using System.Diagnostics;
using Trpo.Onnx;
using Trpo.Onnx.Admission;
using Trpo.Onnx.Graph;
using Trpo.Runtime;
using Trpo.Runtime.Compilation;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Runtime;

/// <summary>Graphs of a few kilobytes that ask for memory or time without end: they are refused by node, number and limit before anything is computed.</summary>
public sealed class GreedyPolicyTests
{
    private delegate string Step(OnnxGraphBuilder graph, string value, int index);

    private static readonly TestCaseData[] Steps =
    [
        Case("rows that double", 40, "(Concat)", "MiB for the values of 256 rows, and 128 are admitted", (graph, value, index) => graph.Node("Concat", $"v{index}", [value, value], ("axis", 1))),
        Case("sums of long rows", 100, "(Add)", "MiB for the values", (graph, value, index) => graph.Node("Add", $"v{index}", [Wide(graph, value, index), graph.Node("ReduceSum", $"s{index}", ["wide0"], ("axes", new[] { 1L }))])),
        Case("many long rows", 100, "(Relu)", "MiB for the values", (graph, value, index) => graph.Node("Relu", $"v{index}", [Wide(graph, value, index)])),
        Case("functions of long rows", 1_000, "(Tanh)", "MiB for the values", (graph, value, index) => graph.Node("Tanh", $"v{index}", [Wide(graph, value, index, 11)])),
        Case("many nodes", 5_000, "The graph", "5002 nodes, and 4096 are admitted", (graph, value, index) => graph.Node("Identity", $"v{index}", [value])),
        Case("columns that are padded to vectors", 80, "(MatMul)", "numbers for packed constants", (graph, value, index) => graph.Node("MatMul", $"v{index}", [Wide(graph, index == 0 ? value : "wide0", index, 12), graph.Constant($"column{index}", new float[16_384], 16_384, 1)])),
        Case("one weight in many nodes", 1_000, "(MatMul)", "operations for each row, and 67108864 are admitted", ReusedWeights),
        Case("one number in many rows", 600, "(Where)", "are admitted", (graph, value, index) => graph.Node("Add", $"a{index}", [graph.Node("ReduceSum", $"v{index}", [graph.Node("Where", $"w{index}", [Truth(graph, value, index), index == 0 ? graph.Constant("one", [1f], 1) : "one", "wide0"])], ("axes", new[] { 1L })), "one"])),
    ];

    [TestCaseSource(nameof(Steps))]
    public void Greedy_graphs_are_refused_before_anything_is_computed(object step, int count, string node, string limit)
    {
        var onnx = Build((Step)step, count);
        var (before, clock) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());

        Assert.That(() => Policy.Open(onnx), Throws.TypeOf<InvalidDataException>().With.Message.Contains(node).And.Message.Contains(limit).And.Message.Contains("trust: true"));
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(2)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(96 << 20));
        Assert.That(() => Policy.TryOpen(onnx, out _), Throws.TypeOf<InvalidDataException>());
        Assert.That(() => PolicySession.Open(onnx), Throws.TypeOf<InvalidDataException>().With.Message.Contains("admitted"), "a session refuses it in the same way");
    }

    [Test]
    public void The_callers_word_runs_a_graph_above_the_limits_of_managed_code_in_onnx_runtime()
    {
        using var session = PolicySession.Open(Build((graph, value, index) => graph.Node("Identity", $"v{index}", [value]), 5_000), trust: true);

        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.OnnxRuntime));
    }

    [Test]
    public void One_weight_in_several_nodes_is_packed_once()
    {
        var onnx = Build(ReusedWeights, 50);
        Policy.Open(onnx);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Policy.Open(onnx);

        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(24 << 20), "49 copies would have 200 MB");
    }

    [Test]
    public void Limits_are_those_of_the_admission_for_onnx_runtime()
    {
        Assert.Multiple(() =>
        {
            Assert.That(GraphBudget.MaxNodes, Is.EqualTo(AdmissionLimits.MaxNodes));
            Assert.That(GraphBudget.MaxConstants, Is.EqualTo(AdmissionLimits.MaxConstants));
            Assert.That(GraphBudget.MaxNodeValues, Is.EqualTo(AdmissionLimits.MaxNodeValues));
            Assert.That(GraphBudget.Rows, Is.EqualTo(AdmissionLimits.Rows));
            Assert.That(GraphBudget.BatchValues, Is.EqualTo(AdmissionLimits.BatchValues));
            Assert.That(GraphBudget.MaxBytes, Is.EqualTo(AdmissionLimits.MaxBytes));
            Assert.That(GraphBudget.MaxRowWork, Is.EqualTo(AdmissionLimits.MaxRowWork));
        });
    }

    [Test]
    public void Wide_perceptrons_are_within_the_limits()
    {
        var onnx = Build((graph, value, index) => index == 0
            ? graph.Node("MatMul", "v0", [value, graph.Constant("widen", new float[4 * 2_048], 4, 2_048)])
            : graph.Node("Tanh", $"v{index}", [graph.Node("MatMul", $"m{index}", [value, graph.Constant($"weights{index}", new float[2_048 * 2_048], 2_048, 2_048)])]), 5);

        Assert.That(Policy.Open(onnx).ObservationLength, Is.EqualTo(4));
        using var session = PolicySession.Open(onnx);
        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.Managed));
    }

    private static TestCaseData Case(string name, int count, string node, string limit, Step step) => new TestCaseData(step, count, node, limit).SetArgDisplayNames(name);

    private static byte[] Build(Step step, int count)
    {
        var graph = new OnnxGraphBuilder("greedy");
        var value = graph.Input(PolicyValues.Observation, 4, "Numbers.");
        for (var i = 0; i < count; i++)
            value = step(graph, value, i);
        graph.Node("Identity", PolicyValues.Score, [PolicyValues.Observation]);
        graph.Node("Identity", PolicyValues.Action, [PolicyValues.Observation]);
        graph.Output(PolicyValues.Score, 4, "The result.");
        graph.Output(PolicyValues.Action, 4, "The result.");
        float[] bounds = [.. Enumerable.Repeat(float.PositiveInfinity, 4)];
        return graph.Build("A test.", Support.Policies.Metadata(ActionSpace.Box([.. bounds.Select(bound => -bound)], bounds)));
    }

    // 65,536 numbers of a row, once, or four for each of another power of two.
    private static string Wide(OnnxGraphBuilder graph, string value, int index, int doublings = 14)
    {
        if (index > 0)
            return value;
        for (var i = 0; i < doublings; i++)
            value = graph.Node("Concat", i == doublings - 1 ? "wide0" : $"w_{i}", [value, value], ("axis", 1));
        return value;
    }

    // A truth for each of 8,192 numbers, once.
    private static string Truth(OnnxGraphBuilder graph, string value, int index) =>
        index == 0 ? graph.Node("IsNaN", "truth", [Wide(graph, value, index, 11)]) : "truth";

    private static string ReusedWeights(OnnxGraphBuilder graph, string value, int index) => index == 0
        ? graph.Node("MatMul", "v0", [value, graph.Constant("widen", new float[4_096], 4, 1_024)])
        : graph.Node("MatMul", $"v{index}", [value, index == 1 ? graph.Constant("weights", new float[1_024 * 1_024], 1_024, 1_024) : "weights"]);
}
