namespace Trpo.Onnx.Conversion;

/// <summary>The affine normalisation <c>(x - offset) * scale</c>.</summary>
internal static class AffineNormalization
{
    public static string Add(ConversionStep step, double[] scale, double[] offset)
    {
        var graph = step.Graph;
        var value = step.Source.Value;
        if (offset.Any(number => number != 0))
            value = graph.Node("Sub", [value, graph.Constant(offset, step.SourceType, offset.Length)]);
        return graph.Node("Mul", [value, graph.Constant(scale, step.SourceType, scale.Length)]);
    }
}
