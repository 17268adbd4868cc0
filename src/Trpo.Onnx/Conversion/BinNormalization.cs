using System.Numerics;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>The number of the bin that a value falls into, which is that of the upper bounds below it, as a part of the greatest number; NaN stays.</summary>
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

    // Halving: comparing with all bounds at once would take as much memory for a value as there are bins.
    private static string Bin(ConversionStep step, double[][] upperBounds)
    {
        // The last bound of a slot is infinity. Nothing lies above that, so that it serves to make all slots equally long, too.
        var most = (int)BitOperations.RoundUpToPowerOf2((uint)upperBounds.Max(bounds => bounds.Length));
        var table = upperBounds.SelectMany(bounds => bounds.Concat(Enumerable.Repeat(double.PositiveInfinity, most - bounds.Length))).ToArray();
        var (graph, value) = (step.Graph, step.Source.Value);
        var starts = Enumerable.Range(0, upperBounds.Length).Select(slot => (long)slot * most).ToArray();

        // The place of the first bound of each slot that may not lie below the value.
        var place = graph.Constant(starts, starts.Length);
        if (most == 1)
            return graph.Node("Sub", [place, place]);
        var bounds = graph.Constant(table, step.SourceType, table.Length);
        for (var half = most / 2; half >= 1; half /= 2)
        {
            var probed = graph.Node("Gather", [bounds, graph.Node("Add", [place, graph.Constant([half - 1L])])]);
            var below = graph.Cast(graph.Node("Less", [probed, value]), DataType.Int64);
            place = graph.Node("Add", [place, graph.Node("Mul", [below, graph.Constant([(long)half])])]);
        }

        return graph.Node("Sub", [place, graph.Constant(starts, starts.Length)]);
    }
}
