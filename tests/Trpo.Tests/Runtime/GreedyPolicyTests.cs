using System.Diagnostics;
using Trpo.Onnx.Graph;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Runtime;

/// <summary>Graphs of a few kilobytes that ask for memory or time without end: they are refused before anything is computed.</summary>
public sealed class GreedyPolicyTests
{
    private delegate string Step(OnnxGraphBuilder graph, string value, int index);

    private static readonly TestCaseData[] Steps =
    [
        new TestCaseData((Step)((graph, value, index) => graph.Node("Concat", $"v{index}", [value, value], ("axis", 1)))).SetArgDisplayNames("rows that double"),
        new TestCaseData((Step)((graph, value, index) => graph.Node("Add", $"v{index}", [Wide(graph, value, index), graph.Node("ReduceSum", $"s{index}", ["wide0"], ("axes", new[] { 1L }))]))).SetArgDisplayNames("sums of long rows"),
        new TestCaseData((Step)((graph, value, index) => graph.Node("Relu", $"v{index}", [Wide(graph, value, index)]))).SetArgDisplayNames("many long rows"),
    ];

    [TestCaseSource(nameof(Steps))]
    public void Greedy_graphs_are_refused_before_anything_is_computed(object step)
    {
        var graph = new OnnxGraphBuilder("greedy");
        var value = graph.Input(PolicyValues.Observation, 4, "Numbers.");
        for (var i = 0; i < 5_000; i++)
            value = ((Step)step)(graph, value, i);
        graph.Node("Identity", PolicyValues.Score, [PolicyValues.Observation]);
        graph.Node("Identity", PolicyValues.Action, [PolicyValues.Observation]);
        graph.Output(PolicyValues.Score, 4, "The result.");
        graph.Output(PolicyValues.Action, 4, "The result.");
        float[] bounds = [.. Enumerable.Repeat(float.PositiveInfinity, 4)];
        var onnx = graph.Build("A test.", Support.Policies.Metadata(ActionSpace.Box([.. bounds.Select(bound => -bound)], bounds)));
        var (before, clock) = (GC.GetAllocatedBytesForCurrentThread(), Stopwatch.StartNew());

        Assert.That(() => Policy.Open(onnx), Throws.TypeOf<UnsupportedGraphException>());
        Assert.That(clock.Elapsed, Is.LessThan(TimeSpan.FromSeconds(2)));
        Assert.That(GC.GetAllocatedBytesForCurrentThread() - before, Is.LessThan(64 << 20));
    }

    // 65,536 numbers of a row, once.
    private static string Wide(OnnxGraphBuilder graph, string value, int index)
    {
        if (index > 0)
            return value;
        for (var i = 0; i < 14; i++)
            value = graph.Node("Concat", i == 13 ? "wide0" : $"w{i}", [value, value], ("axis", 1));
        return value;
    }
}
