using System.Numerics;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>The normalisation by bins: the index of the bin of a value, that is the number of upper bounds below it, divided by the density. NaN stays NaN.</summary>
internal static class BinNormalization
{
    public static string Add(ConversionStep step, double[][] upperBounds, double[] density, double[] offset)
    {
        var (graph, type, value) = (step.Graph, step.SourceType, step.Source.Value);
        var part = graph.Node("Div", [graph.Cast(Bin(step, upperBounds), type), graph.Constant(density, type, density.Length)]);
        if (offset.Any(number => number != 0))
            part = graph.Node("Sub", [part, graph.Constant(offset, type, offset.Length)]);
        return graph.Node("Where", [graph.Node("IsNaN", [value]), value, part]);
    }

    // A binary search: comparing with all bounds at once would take as much memory per value as there are bins.
    private static string Bin(ConversionStep step, double[][] upperBounds)
    {
        // The last bound of a slot is infinity, so that further infinities pad all slots to the same length.
        var count = (int)BitOperations.RoundUpToPowerOf2((uint)upperBounds.Max(bounds => bounds.Length));
        var table = upperBounds.SelectMany(bounds => bounds.Concat(Enumerable.Repeat(double.PositiveInfinity, count - bounds.Length))).ToArray();
        var (graph, value) = (step.Graph, step.Source.Value);
        var starts = Enumerable.Range(0, upperBounds.Length).Select(slot => (long)slot * count).ToArray();

        // The index of the first bound of each slot that may not lie below the value.
        var index = graph.Constant(starts, starts.Length);
        if (count == 1)
            return graph.Node("Sub", [index, index]);
        var bounds = graph.Constant(table, step.SourceType, table.Length);
        for (var half = count / 2; half >= 1; half /= 2)
        {
            var probed = graph.Node("Gather", [bounds, graph.Node("Add", [index, graph.Constant([half - 1L])])]);
            var below = graph.Cast(graph.Node("Less", [probed, value]), DataType.Int64);
            index = graph.Node("Add", [index, graph.Node("Mul", [below, graph.Constant([(long)half])])]);
        }

        return graph.Node("Sub", [index, graph.Constant(starts, starts.Length)]);
    }
}
