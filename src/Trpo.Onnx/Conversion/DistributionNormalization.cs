using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;

namespace Trpo.Onnx.Conversion;

/// <summary>
/// The normalisation by the normal distribution function of a value, or of its logarithm, in ML.NET's approximation (Winitzki's of the error
/// function). The result is 0 if the value is not finite, or if the column did not vary in training.
/// </summary>
internal static class DistributionNormalization
{
    private const double A = 0.147f;

    public static string Add(ConversionStep step, double[] mean, double[] deviation, bool useLog)
    {
        // The logarithm of a zero is not finite: its result is 0 whether it is stored or not.
        if (!useLog && !step.Source.IsDense)
            return step.Refuse<string>("is normalised by a distribution function, which gives zeros that ML.NET stores another value than zeros that it does not; the transform in front of it decides which are stored");

        var (graph, type) = (step.Graph, step.SourceType);
        bool[] varies = [.. deviation.Select(number => number > (type == DataType.Float ? float.Epsilon : double.Epsilon))];
        double[] divisors = [.. deviation.Select((number, slot) => varies[slot] ? number : 1)];

        var value = step.Source.Value;
        if (useLog)
            value = graph.Cast(graph.Node("Log", [graph.Cast(value, DataType.Double)]), type);
        var standard = graph.Node("Div", [graph.Node("Sub", [value, graph.Constant(mean, type, mean.Length)]), graph.Constant(divisors, type, divisors.Length)]);
        var isKept = graph.Node("And", [IsFinite(graph, value), graph.Constant(varies, varies.Length)]);
        return graph.Node("Where", [isKept, graph.Cast(Approximation(graph, graph.Cast(standard, DataType.Double)), type), graph.Constant([0d], type)]);
    }

    // 0.5 + 0.5 sign(x) sqrt(1 - exp(-h (4 / pi + A h) / (1 + A h))), with h = x² / 2; in double, as ML.NET does, because 1 - exp(..) cancels.
    private static string Approximation(ChainGraph graph, string x)
    {
        var half = graph.Node("Mul", [graph.Node("Mul", [x, x]), Number(graph, 0.5)]);
        var scaled = graph.Node("Mul", [half, Number(graph, A)]);
        var product = graph.Node("Mul", [half, graph.Node("Add", [scaled, Number(graph, 4 / Math.PI)])]);
        var exponent = graph.Node("Neg", [graph.Node("Div", [product, graph.Node("Add", [scaled, Number(graph, 1)])])]);
        var root = graph.Node("Sqrt", [graph.Node("Sub", [Number(graph, 1), graph.Node("Exp", [exponent])])]);
        var signed = graph.Node("Mul", [graph.Node("Mul", [graph.Node("Sign", [x]), root]), Number(graph, 0.5)]);
        return graph.Node("Add", [signed, Number(graph, 0.5)]);
    }

    private static string IsFinite(ChainGraph graph, string value) =>
        graph.Node("Not", [graph.Node("Or", [graph.Node("IsNaN", [value]), graph.Node("IsInf", [value])])]);

    private static string Number(ChainGraph graph, double number) => graph.Constant([number], DataType.Double);
}
