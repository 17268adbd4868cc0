using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// Nodes that mark an action as missing: a NaN in the policy's observation, or in its score, makes all of the score NaN, and the action -1, or NaN
/// in a box. A policy alone is marked by the code that runs it, from the observation; behind transforms, only the graph knows the observation.
/// </summary>
internal static class MissingGuard
{
    /// <summary>Adds the nodes.</summary>
    /// <param name="graph">The graph that nodes are added to.</param>
    /// <param name="policy">The policy. If it marks missing rows itself, only its score is examined.</param>
    /// <param name="observation">The policy's observation.</param>
    /// <param name="score">The policy's score.</param>
    /// <param name="action">The policy's action.</param>
    public static void Add(ChainGraph graph, PolicyMetadata policy, string observation, string score, string action)
    {
        var actions = policy.Actions;
        var isNaN = graph.Node("IsNaN", [policy.MarksMissing ? score : graph.Node("Concat", [observation, score], ("axis", 1))]);
        var count = graph.Node("ReduceSum", [graph.Cast(isNaN, DataType.Float)], ("axes", new[] { 1L }));
        var isMissing = graph.Cast(count, DataType.Bool);
        var nan = graph.Constant([double.NaN], DataType.Float);
        graph.NodeTo(PolicyValues.Score, "Where", [isMissing, nan, score]);
        var row = actions is DiscreteActionSpace ? graph.Node("Squeeze", [isMissing], ("axes", new[] { 1L })) : isMissing;
        graph.NodeTo(PolicyValues.Action, "Where", [row, actions is BoxActionSpace ? nan : graph.Constant([-1L]), action]);
    }
}
