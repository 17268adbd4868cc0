using Trpo.Onnx;
using Trpo.Onnx.Graph;
using Trpo.Runtime;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using Trpo.Tests.Support;

namespace Trpo.Tests.Runtime;

/// <summary>Graphs with values of three dimensions: those that managed code runs, and those that it leaves to OnnxRuntime by name.</summary>
public sealed class GroupGraphTests
{
    private static IEnumerable<TestCaseData> Sound =>
    [
        new("the groups are constant", (OnnxGraphBuilder graph, string groups) => graph.Node("Mul", "value", [groups, graph.Constant("scale", [2f, 3f], 1, 1, 2)])),
        new("a number for all", (OnnxGraphBuilder graph, string groups) => graph.Node("Sub", "value", [graph.Constant("one", [1f]), groups])),
        new("two values", (OnnxGraphBuilder graph, string groups) => graph.Node("Max", "value", [groups, graph.Node("Tanh", "curve", [groups])])),
        new("a value that groups share", (OnnxGraphBuilder graph, string groups) => graph.Node("Add", "value", [graph.Node("Unsqueeze", "shared", [Part(graph)], ("axes", new[] { -2L })), groups])),
        new("a matrix", (OnnxGraphBuilder graph, string groups) => graph.Node("MatMul", "value", [groups, graph.Constant("weights", [1f, 2, 3, 4], 2, 2)])),
        new("a type and back", (OnnxGraphBuilder graph, string groups) => graph.Node("Cast", "value", [graph.Node("Greater", "above", [groups, graph.Constant("zero", [0f])])], ("to", 1))),
    ];

    private static IEnumerable<TestCaseData> Refused =>
    [
        new("'value' (Where) chooses between values of three dimensions", (OnnxGraphBuilder graph, string groups) => graph.Node("Where", "value", [graph.Node("Greater", "above", [groups, graph.Constant("zero", [0f])]), groups, groups])),
        new("'value' (Softmax) reads 'groups', which has not two dimensions", (OnnxGraphBuilder graph, string groups) => graph.Node("Softmax", "value", [groups], ("axis", -1))),
        new("'value' (Add) combines values of several shapes", (OnnxGraphBuilder graph, string groups) => graph.Node("Add", "value", [groups, Part(graph)])),
        new("'value' (Mul) reads 'scale', which is a constant of another shape", (OnnxGraphBuilder graph, string groups) => graph.Node("Mul", "value", [groups, graph.Constant("scale", [2f, 3, 4], 3, 1)])),
        new("'turned' (Transpose) is of an operator that is not known", (OnnxGraphBuilder graph, string groups) => graph.Node("Identity", "value", [graph.Node("Transpose", "turned", [groups], ("perm", new[] { 0L, 2, 1 }))])),
        new("'wide' (Reshape) makes the shape [0, 2, 3]", (OnnxGraphBuilder graph, string groups) => graph.Node("Identity", "value", [graph.Node("Reshape", "wide", [groups, graph.Constant("wide_shape", [0L, 2, 3], 3)])])),
    ];

    [TestCaseSource(nameof(Sound))]
    public void Operators_on_groups_give_the_results_of_onnx_runtime(string name, object build)
    {
        var (onnx, random) = (Graph((Func<OnnxGraphBuilder, string, string>)build), new Trpo.Runtime.Randomness.RandomSource(1));
        float[] observations = [.. Enumerable.Range(0, 50 * 6).Select(_ => (float)random.NextGaussian())];
        var expected = new OnnxReference(onnx, new Dictionary<string, float[]> { ["observation"] = observations }, rows: 50);
        var (actions, scores) = (new float[50], new float[50 * 6]);
        Policy.Open(onnx).Evaluate(observations, actions, scores);

        Assert.That(scores, Is.EqualTo(expected.Scores).Within(1e-6), name);
        Assert.That(actions, Is.EqualTo(expected.Actions), name);
    }

    [TestCaseSource(nameof(Refused))]
    public void Other_operators_are_refused_by_name(string message, object build) =>
        Assert.That(() => Policy.Open(Graph((Func<OnnxGraphBuilder, string, string>)build)), Throws.TypeOf<UnsupportedGraphException>().With.Message.Contains(message));

    [Test]
    public void A_graph_that_managed_code_refuses_runs_in_onnx_runtime()
    {
        using var session = PolicySession.Open(Graph((graph, groups) => graph.Node("Where", "value", [graph.Node("Greater", "above", [groups, graph.Constant("zero", [0f])]), groups, groups])));

        Assert.That(session.Engine, Is.EqualTo(PolicyEngine.OnnxRuntime));
        Assert.That(session.Act([0, 0, 0, 3, 0, 0]), Is.EqualTo(3));
    }

    private static string Part(OnnxGraphBuilder graph) =>
        graph.Node("Slice", "part", ["observation", graph.Constant("start", [1L], 1), graph.Constant("end", [3L], 1), graph.Constant("axis", [1L], 1)]);

    // Six numbers as three groups of two, and back.
    private static byte[] Graph(Func<OnnxGraphBuilder, string, string> build)
    {
        var graph = new OnnxGraphBuilder("groups");
        graph.Input("observation", 6, "Six numbers.");
        graph.Node("Reshape", "groups", ["observation", graph.Constant("groups_shape", [0L, 3, 2], 3)]);
        graph.Node("Reshape", "logits", [build(graph, "groups"), graph.Constant("logits_shape", [-1L, 6], 2)]);
        graph.Node("ArgMax", "action", ["logits"], ("axis", 1), ("keepdims", 0));
        graph.Node("Softmax", "score", ["logits"], ("axis", 1));
        graph.IndexOutput("action", "The action.");
        graph.Output("score", 6, "The probabilities.");
        return graph.Build("A policy.", Support.Policies.Metadata(ActionSpace.Discrete(6), observationLength: 6));
    }
}
