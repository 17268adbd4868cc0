using Trpo.Onnx.Spaces;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Graph.Conversion;

/// <summary>
/// What tells that nothing was decided: a NaN in what the policy sees, or in its score, makes all of the score NaN, and the action a missing
/// one (-1, or NaN in a box). Whoever runs a policy alone looks at the observation; behind transforms, only the graph can.
/// </summary>
internal static class MissingGuard
{
    public static void Add(ChainGraph graph, ActionSpace actions, string observation, string score, string action)
    {
        var isNaN = graph.Node("IsNaN", [graph.Node("Concat", [observation, score], ("axis", 1))]);
        var count = graph.Node("ReduceSum", [graph.Cast(isNaN, DataType.Float)], ("axes", new[] { 1L }));
        var isMissing = graph.Cast(count, DataType.Bool);
        var nan = graph.Constant([double.NaN], DataType.Float);
        graph.NodeTo(PolicyValues.Score, "Where", [isMissing, nan, score]);
        var row = actions is DiscreteActionSpace ? graph.Node("Squeeze", [isMissing], ("axes", new[] { 1L })) : isMissing;
        graph.NodeTo(PolicyValues.Action, "Where", [row, actions is BoxActionSpace ? nan : graph.Constant([-1L]), action]);
    }
}
