using System.Collections.Immutable;
using Trpo.Onnx.Rows;
using Trpo.Runtime.Graph;
using Trpo.Runtime.Spaces;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>Nodes that make the columns that ML.NET's rows have of the outputs of a policy's graph.</summary>
internal static class OutputColumn
{
    /// <summary>Adds the nodes of a column.</summary>
    /// <param name="graph">The graph that nodes are added to. It has the policy's action and score, marked where they are missing.</param>
    /// <param name="actions">The space of the actions.</param>
    /// <param name="output">The content of the column.</param>
    /// <returns>The value of the column, <c>[N, length]</c>.</returns>
    public static string Add(ChainGraph graph, ActionSpace actions, PolicyOutput output) => output switch
    {
        PolicyOutput.Action => Action(graph, actions),
        PolicyOutput.Score or PolicyOutput.UnclippedAction => PolicyValues.Score,
        PolicyOutput.LogProbability => LogProbability(graph, actions),
        PolicyOutput.Probability => graph.Node("Exp", [LogProbability(graph, actions)]),
        _ => throw new NotSupportedException($"The policy's output {output} has no column in a graph of ML.NET's converter."),
    };

    // A missing action is -1 in the graph; in rows it is the key 0, and NaN in a vector.
    private static string Action(ChainGraph graph, ActionSpace actions)
    {
        switch (actions)
        {
            case BoxActionSpace:
                return PolicyValues.Action;
            case DiscreteActionSpace:
                return graph.Cast(Unsqueeze(graph, graph.Node("Add", [PolicyValues.Action, graph.Constant([1L])])), DataType.Uint32);
            default:
                var number = graph.Cast(PolicyValues.Action, DataType.Float);
                return graph.Node("Where", [graph.Node("Less", [number, graph.Constant([0.0], DataType.Float)]), graph.Constant([double.NaN], DataType.Float), number]);
        }
    }

    // The score of a row whose action is missing is NaN, and so is everything that is computed from it.
    private static string LogProbability(ChainGraph graph, ActionSpace actions)
    {
        switch (actions)
        {
            case DiscreteActionSpace:
                return graph.Node("Log", [Gather(graph, Unsqueeze(graph, PolicyValues.Action))]);
            case MultiDiscreteActionSpace choices:
                long[] starts = [.. choices.Counts.SkipLast(1).Aggregate(new List<long> { 0 }, (list, count) => [.. list, list[^1] + count])];
                return Sum(graph, graph.Node("Log", [Gather(graph, graph.Node("Add", [PolicyValues.Action, graph.Constant(starts, starts.Length)]))]));
            case MultiBinaryActionSpace:
                var off = graph.Node("Sub", [graph.Constant([1.0], DataType.Float), PolicyValues.Score]);
                return Sum(graph, graph.Node("Log", [graph.Node("Where", [graph.Cast(PolicyValues.Action, DataType.Bool), PolicyValues.Score, off])]));
            default:
                return Sum(graph, LogDensities(graph, (BoxActionSpace)actions));
        }
    }

    // The log-density of the mean; of a mean that is z deviations beyond a bound, log(Phi(z) / half width) with Phi(z) = (1 + erf(z / sqrt 2)) / 2.
    private static string LogDensities(ChainGraph graph, BoxActionSpace actions)
    {
        var zero = graph.Node("Sub", [PolicyValues.Score, PolicyValues.Score]);
        var density = graph.Node("Sub", [zero, graph.Node("Add", [PolicyValues.LogStandardDeviation, graph.Constant([Math.Log(2 * Math.PI) / 2], DataType.Float)])]);
        var beyond = graph.Node("Abs", [graph.Node("Sub", [PolicyValues.Score, PolicyValues.Action])]);
        // Finite, so that a mean at the bound is 0 deviations from it.
        var inverse = graph.Node("Min", [graph.Node("Exp", [graph.Node("Neg", [PolicyValues.LogStandardDeviation])]), graph.Constant([float.MaxValue], DataType.Float)]);
        var standardized = graph.Node("Mul", [beyond, inverse]);
        var error = graph.Node("Erf", [graph.Node("Mul", [standardized, graph.Constant([Math.Sqrt(0.5)], DataType.Float)])]);
        var one = graph.Constant([1.0], DataType.Float);
        double[] widths = [.. Enumerable.Range(0, actions.Length).Select(i => Math.Log(2 * actions.HalfWidth(i)))];
        var bound = graph.Node("Sub", [graph.Node("Log", [graph.Node("Add", [error, one])]), graph.Constant(widths, DataType.Float, actions.Length)]);
        var isLow = graph.Node("LessOrEqual", [PolicyValues.Score, Bounds(graph, actions.Low)]);
        var isHigh = graph.Node("GreaterOrEqual", [PolicyValues.Score, Bounds(graph, actions.High)]);
        return graph.Node("Where", [graph.Node("Or", [isLow, isHigh]), bound, density]);
    }

    private static string Bounds(ChainGraph graph, ImmutableArray<float> bounds) => graph.Constant([.. bounds.Select(bound => (double)bound)], DataType.Float, bounds.Length);

    private static string Gather(ChainGraph graph, string indices) => graph.Node("GatherElements", [PolicyValues.Score, indices], ("axis", 1L));

    private static string Unsqueeze(ChainGraph graph, string value) => graph.Node("Unsqueeze", [value], ("axes", new[] { 1L }));

    private static string Sum(ChainGraph graph, string values) => graph.Node("ReduceSum", [values], ("axes", new[] { 1L }));
}
