namespace Trpo.Onnx.Graph.Conversion;

/// <summary>The number of the bin that a value falls into, which is that of the upper bounds below it, as a part of the greatest number; NaN stays.</summary>
internal static class BinNormalization
{
    public static string Add(ConversionStep step, double[][] upperBounds, double[] density, double[] offset)
    {
        // The last bound of a slot is infinity. Nothing lies above that, so that it serves to make all slots equally long, too.
        var most = upperBounds.Max(bounds => bounds.Length);
        var table = upperBounds.SelectMany(bounds => bounds.Concat(Enumerable.Repeat(double.PositiveInfinity, most - bounds.Length))).ToArray();

        var (graph, type, value) = (step.Graph, step.SourceType, step.Source.Value);
        var below = graph.Node("Less", [graph.Constant(table, type, upperBounds.Length, most), graph.Node("Unsqueeze", [value], ("axes", new[] { 2L }))]);
        var bin = graph.Node("ReduceSum", [graph.Cast(below, type)], ("axes", new[] { 2L }), ("keepdims", 0));
        var part = graph.Node("Div", [bin, graph.Constant(density, type, density.Length)]);
        if (offset.Any(number => number != 0))
            part = graph.Node("Sub", [part, graph.Constant(offset, type, offset.Length)]);
        return graph.Node("Where", [graph.Node("IsNaN", [value]), value, part]);
    }
}
