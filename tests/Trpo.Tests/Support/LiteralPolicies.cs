using Trpo.Onnx.Graph;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;

namespace Trpo.Tests.Support;

/// <summary>
/// Policies of known answers, built by hand: an observation of one 1 among four values picks a row of a table of probabilities, and the
/// network is the logits of that table. Each policy has the table in <see cref="Observations"/>'s order.
/// </summary>
internal static class LiteralPolicies
{
    public static readonly MultiDiscreteActionSpace Controls = ActionSpace.MultiDiscrete([3, 2], "gear", "pedal");
    public static readonly MultiBinaryActionSpace Switches = ActionSpace.MultiBinary("light", "heater", "fan");

    public static readonly float[][] Observations = [[1, 0, 0, 0], [0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 1]];

    public static readonly float[][] ControlScores = [[0.2f, 0.5f, 0.3f, 0.9f, 0.1f], [0.1f, 0.2f, 0.7f, 0.4f, 0.6f], [0.8f, 0.1f, 0.1f, 0.3f, 0.7f], [0.3f, 0.3f, 0.4f, 0.6f, 0.4f]];
    public static readonly float[][] ControlActions = [[1, 0], [2, 1], [0, 1], [2, 0]];

    public static readonly float[][] SwitchScores = [[0.9f, 0.2f, 0.6f], [0.3f, 0.8f, 0.1f], [0.6f, 0.7f, 0.8f], [0.1f, 0.2f, 0.3f]];
    public static readonly float[][] SwitchActions = [[1, 0, 1], [0, 1, 0], [1, 1, 1], [0, 0, 0]];

    /// <summary>The policy of one of the two spaces, its probabilities and its actions.</summary>
    public static (byte[] Onnx, float[][] Scores, float[][] Actions) Of(ActionSpace space) => space is MultiDiscreteActionSpace
        ? (ControlPolicy(Controls), ControlScores, ControlActions)
        : (SwitchPolicy(Switches), SwitchScores, SwitchActions);

    public static byte[] ControlPolicy(ActionSpace declared, IEnumerable<KeyValuePair<string, string>>? metadata = null)
    {
        var graph = new OnnxGraphBuilder("controls");
        var logits = Logits(graph, ControlScores, probability => MathF.Log(probability));
        graph.Node("Split", ["gear_logits", "pedal_logits"], [logits], ("axis", 1), ("split", new long[] { 3, 2 }));
        graph.Node("Concat", PolicyValues.Score, [graph.Node("Softmax", "gear", ["gear_logits"], ("axis", 1)), graph.Node("Softmax", "pedal", ["pedal_logits"], ("axis", 1))], ("axis", 1));
        graph.Node("Concat", PolicyValues.Action, [graph.Node("ArgMax", "gear_choice", ["gear_logits"], ("axis", 1)), graph.Node("ArgMax", "pedal_choice", ["pedal_logits"], ("axis", 1))], ("axis", 1));
        graph.IndexOutput(PolicyValues.Action, "The most probable choice of each dimension.", length: 2);
        graph.Output(PolicyValues.Score, 5, "The probability of each choice of each dimension.");
        return graph.Build("Known answers.", metadata ?? PolicyMetadataFormat.Write(Policies.Metadata(declared)));
    }

    public static byte[] SwitchPolicy(ActionSpace declared)
    {
        var graph = new OnnxGraphBuilder("switches");
        var logits = Logits(graph, SwitchScores, probability => MathF.Log(probability / (1 - probability)));
        graph.Node("Sigmoid", PolicyValues.Score, [logits]);
        graph.Node("Greater", "is_on", [logits, graph.Constant("zero", [0f])]);
        graph.Node("Cast", PolicyValues.Action, ["is_on"], ("to", 7));
        graph.IndexOutput(PolicyValues.Action, "Whether each switch is on.", length: 3);
        graph.Output(PolicyValues.Score, 3, "The probability that each switch is on.");
        return graph.Build("Known answers.", PolicyMetadataFormat.Write(Policies.Metadata(declared)));
    }

    /// <summary>A policy over a box of four dimensions whose mean is a function of each of four values.</summary>
    public static byte[] Elementwise(string operation)
    {
        var graph = new OnnxGraphBuilder("test");
        var observation = graph.Input(PolicyValues.Observation, 4, "Numbers.");
        graph.Node("Identity", PolicyValues.Action, [graph.Node(operation, PolicyValues.Score, [observation])]);
        graph.Output(PolicyValues.Score, 4, "The result.");
        graph.Output(PolicyValues.Action, 4, "The result.");
        float[] bounds = [.. Enumerable.Repeat(float.PositiveInfinity, 4)];
        return graph.Build("A test.", Policies.Metadata(ActionSpace.Box([.. bounds.Select(bound => -bound)], bounds)));
    }

    /// <summary>A policy of three choices for four values whose graph OnnxRuntime runs, and the managed engine does not.</summary>
    public static byte[] InOnnxRuntime()
    {
        var graph = new OnnxGraphBuilder("test");
        var observation = graph.Input(PolicyValues.Observation, 4, "Numbers.");
        float[] table = [.. Enumerable.Range(0, 12).Select(i => MathF.Sin(7 * i))];
        var logits = graph.Node("Softsign", "logits", [graph.Node("MatMul", "products", [observation, graph.Constant("table", table, 4, 3)])]);
        graph.Node("Softmax", PolicyValues.Score, [logits], ("axis", 1));
        graph.Node("ArgMax", PolicyValues.Action, [logits], ("axis", 1), ("keepdims", 0));
        graph.IndexOutput(PolicyValues.Action, "The most probable choice.");
        graph.Output(PolicyValues.Score, 3, "The probability of each choice.");
        return graph.Build("A test.", Policies.Metadata(Policies.Choices));
    }

    private static string Logits(OnnxGraphBuilder graph, float[][] probabilities, Func<float, float> logit)
    {
        var observation = graph.Input(PolicyValues.Observation, 4, "One of four rows.");
        float[] table = [.. probabilities.SelectMany(row => row.Select(logit))];
        return graph.Node("MatMul", "logits", [observation, graph.Constant("table", table, 4, probabilities[0].Length)]);
    }
}
