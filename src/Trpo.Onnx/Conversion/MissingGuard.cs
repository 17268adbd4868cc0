using Trpo.Onnx.Graph;
using Trpo.Onnx.Spaces;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// What tells that nothing was decided: a NaN in what the policy sees, or in its score, makes all of the score NaN, and the action a missing
/// one (-1, or NaN in a box). Whoever runs a policy alone looks at the observation; behind transforms, only the graph can.
/// </summary>
internal static class MissingGuard
{
    /// <param name="graph">Where nodes are added.</param>
    /// <param name="policy">The policy. One that marks missing rows itself knows better what a NaN that it is given means.</param>
    /// <param name="observation">What the policy sees.</param>
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
