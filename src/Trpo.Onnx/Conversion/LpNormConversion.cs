using Microsoft.ML;
using Microsoft.ML.Transforms;
using Trpo.Onnx.Interop;
using DataType = Trpo.Onnx.Graph.Format.TensorProto.Types.DataType;
using Norm = Microsoft.ML.Transforms.LpNormNormalizingEstimatorBase.NormFunction;

namespace Trpo.Onnx.Conversion;

/// <summary>The conversion of NormalizeLpNorm and NormalizeGlobalContrast: every row divided by its norm, with or without its mean.</summary>
internal sealed class LpNormConversion : IConversion
{
    // If the factor is smaller, ML.NET leaves the row unchanged.
    private const double MinFactor = 1e-8f;

    public bool KeepsType => true;

    public IEnumerable<(string Output, IReadOnlyList<string> Inputs)> Columns(ITransformer transformer) => OneToOne.Columns(transformer);

    public ChainColumn Convert(ConversionStep step)
    {
        var (norm, ensureZeroMean, scale) = MicrosoftMLInternals.ParametersOf((LpNormNormalizingTransformer)step.Transformer, OneToOne.IndexOf(step));
        if (ensureZeroMean && norm != Norm.StandardDeviation && !step.Source.IsDense)
            return step.Refuse<ChainColumn>("has a norm that depends on whether ML.NET stores the zeros of a row, which the transform in front of it decides");

        var graph = step.Graph;
        var centered = norm == Norm.StandardDeviation || ensureZeroMean
            ? graph.Node("Sub", [step.Source.Value, graph.Node("ReduceMean", [step.Source.Value], ("axes", new[] { 1L }))])
            : step.Source.Value;
        var length = NormOf(graph, norm, centered, step.Source.Length);
        var divisor = graph.Node("Where", [graph.Node("Greater", [length, Number(graph, 0)]), length, Number(graph, 1)]);
        var factor = graph.Node("Div", [Number(graph, scale), divisor]);
        var kept = graph.Node("Where", [graph.Node("Less", [factor, Number(graph, MinFactor)]), Number(graph, 1), factor]);
        return step.LikeSource(graph.Node("Mul", [ensureZeroMean ? centered : step.Source.Value, kept]));
    }

    private static string NormOf(ChainGraph graph, Norm norm, string values, int count) => norm switch
    {
        Norm.L1 => graph.Node("ReduceL1", [values], ("axes", new[] { 1L })),

        // The maximum of all values but NaN, while the other norms of a row with a NaN are NaN.
        Norm.Infinity => graph.Node("ReduceMax", [graph.Node("Where", [graph.Node("IsNaN", [values]), Number(graph, 0), graph.Node("Abs", [values])])], ("axes", new[] { 1L })),
        Norm.StandardDeviation => graph.Node("Div", [graph.Node("ReduceL2", [values], ("axes", new[] { 1L })), Number(graph, Math.Sqrt(count))]),
        Norm.L2 => graph.Node("ReduceL2", [values], ("axes", new[] { 1L })),
        _ => throw new NotSupportedException($"The norm {norm} cannot be expressed in ONNX."),
    };

    private static string Number(ChainGraph graph, double number) => graph.Constant([number], DataType.Float);
}
